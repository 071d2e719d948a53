import type { CallResult } from "../../../../src/model/call-record.ts";

export interface Day {
  readonly all: number;
  readonly answered: number;
  readonly missed: number;
  readonly failed: number;
  /** Calls that began in each hour of the day. */
  readonly hours: readonly number[];
}

const MISSED = ["noAnswer", "busy", "rejected", "cancelled"] as const;
const FAILED = ["failed", "refused"] as const;

/** How a day went, of its calls by how they ended; those that are up are in `all` only. */
export function dayOf(
  byResult: Readonly<Partial<Record<CallResult, number>>>,
  hours: readonly number[],
): Day {
  const count = (results: readonly CallResult[]): number =>
    results.reduce((sum, result) => sum + (byResult[result] ?? 0), 0);
  return {
    all: Object.values(byResult).reduce((sum, calls) => sum + calls, 0),
    answered: count(["completed"]),
    missed: count(MISSED),
    failed: count(FAILED),
    hours,
  };
}
