import type { CallResult } from "../../../../src/model/call-record.ts";

/** What of a call the overview needs. */
export interface DayCall {
  readonly id: string;
  readonly startedAt: number;
  readonly answeredAt?: number | undefined;
  readonly caller: string;
  readonly callerName: string;
  readonly called: string;
  readonly result: CallResult;
  readonly reason: string;
  readonly missed: boolean;
}

export interface Day {
  readonly all: number;
  readonly answered: number;
  readonly missed: number;
  readonly failed: number;
  /** Calls that began in each hour of the day, 24 of them. */
  readonly hours: readonly number[];
}

/** How a day went; an hour is the company's. */
export function dayOf(calls: readonly DayCall[], hourOf: (at: number) => number): Day {
  const hours = new Array<number>(24).fill(0);
  for (const { startedAt } of calls) hours[hourOf(startedAt)] = (hours[hourOf(startedAt)] ?? 0) + 1;
  const count = (is: (call: DayCall) => boolean): number => calls.filter(is).length;
  return {
    all: calls.length,
    answered: count(({ answeredAt, missed }) => answeredAt !== undefined && !missed),
    missed: count(({ missed, result }) => missed && result !== "failed"),
    failed: count(({ result }) => result === "failed"),
    hours,
  };
}

/** When the day of this moment began, in a time zone. */
export function startOfDay(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const since = (part("hour") * 3600 + part("minute") * 60 + part("second")) * 1000 + (now % 1000);
  return now - since;
}

/** The hour of a moment in a time zone. */
export function hourIn(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
  return (at) => Number(format.format(at)) % 24;
}
