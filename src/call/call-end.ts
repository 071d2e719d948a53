import { type Why, wordsOf } from "../lib/said.ts";
import type { CallResult, SaidReason } from "../model/call-record.ts";
import { asWhy, type EndReason, endReason } from "../model/end-words.ts";
import { type LastTried, type NoSound, planEnd } from "../model/plan-end.ts";
import type { Tried } from "../model/tried.ts";
import { ANSWERED_ELSEWHERE, type HeaderList } from "../sip/index.ts";

/** How a call ended: all that anybody is told of it (docs/adr/0062). */
export interface Ending extends EndReason {
  readonly by: "caller" | "callee" | "switchhook";
  /** What SIP calls it, for the record; undefined where a call that was up ends. */
  readonly status: number | undefined;
  /** What a caller hears whom nobody has answered. */
  readonly refusal: { readonly status: number; readonly headers: HeaderList };
  /** What BYE and CANCEL say besides. */
  readonly goodbye: HeaderList;
  readonly result: CallResult;
  /** Somebody was to be reached: it counts as missed where nobody has answered. */
  readonly missed: boolean;
}

/** What a record says of an ending. */
export interface EndVerdict {
  readonly result: CallResult;
  readonly reason: string;
  readonly said: SaidReason;
  /** Nobody in the whole call answered. */
  readonly missed: boolean;
  readonly answeredBy: string | undefined;
}

type Told = Pick<Ending, "by" | "result" | "status"> & Partial<Ending>;

const RETRY: HeaderList = [["Retry-After", "5"]];

function ending(why: EndReason, told: Told): Ending {
  const status = told.status ?? 480;
  const refusal = { status, headers: status === 503 ? RETRY : [] };
  return { goodbye: [], refusal, missed: true, ...why, ...told };
}

/** The caller left before anybody answered. `cancelReason`: the Reason header of its CANCEL, if any. */
export function callerGaveUp(cancelReason: string): Ending {
  // RFC 3326: a forking proxy in front of us tells that another branch was answered.
  const elsewhere = /cause=200\b/.test(cancelReason);
  const why = endReason(elsewhere ? "end.answeredElsewhere" : "end.callerGaveUp", {});
  const goodbye = elsewhere ? ANSWERED_ELSEWHERE : [];
  return ending(why, { by: "caller", status: 487, result: "cancelled", missed: !elsewhere, goodbye });
}

/** The caller has heard what the plan had for it, which would have rung nobody. */
export function callerServed(): Ending {
  const why = endReason("end.callerHungUp", {});
  return ending(why, { by: "caller", status: undefined, result: "handled", missed: false });
}

/** Our answer did not reach the caller. */
export function callerNotReached(why: Why): Ending {
  return ending(endReason("end.callerNotReached", { why }), {
    by: "caller",
    status: 487,
    result: "cancelled",
  });
}

/** One of two who were connected hung up. */
export function hungUp(by: "caller" | "callee"): Ending {
  const code = by === "caller" ? "end.callerHungUp" : "end.calledHungUp";
  return ending(endReason(code, {}), { by, status: undefined, result: "completed" });
}

/** One side's signalling died without a word. */
export function lostSide(callerSide: boolean, why: Why, connected: boolean): Ending {
  const side = callerSide ? "caller" : "called";
  return broken(endReason("end.lost", { side, why }), connected);
}

/** One side has sent no sound for too long (reliability C5). */
export function silentSide(callerSide: boolean, seconds: number, connected: boolean): Ending {
  const side = callerSide ? "caller" : "called";
  return broken(endReason("end.silent", { side, seconds }), connected);
}

/** The engine lost the sound of the call. */
export function soundLost(why: Why, connected: boolean): Ending {
  return {
    ...broken(endReason("end.soundLost", { why }), connected),
    refusal: { status: 503, headers: RETRY },
    goodbye: because(503, "The sound of the call was lost"),
  };
}

/** RFC 3261 §13.2.1: our offer is answered in the ACK, or never. */
export function noAnswerInAck(): Ending {
  return ending(endReason("end.noAnswerInAck", {}), { by: "switchhook", status: 488, result: "failed" });
}

/** The installation stops. */
export function stopped(): Ending {
  return ending(endReason("end.stopped", {}), { by: "switchhook", status: 503, result: "failed" });
}

/** A call may not last for ever. */
export function tooLong(longestMs: number): Ending {
  const minutes = Math.round(longestMs / 60_000);
  return ending(endReason("end.tooLong", { minutes }), { by: "switchhook", status: 503, result: "failed" });
}

/** Refused before it had a plan. */
export function refused(status: number, why: EndReason): Ending {
  return ending(why, { by: "switchhook", status, result: "refused", refusal: { status, headers: [] } });
}

/** The plan ended with a status and a sentence. `direct`: the caller dialled the destination itself, and is told how that refused. */
export function planEnded(planStatus: number, why: Why, last: LastTried, direct: boolean): Ending {
  const { reason, ...told } = planEnd(planStatus, why, last, direct);
  const { fault } = last;
  const ended = ending(reason, { by: "switchhook", ...told });
  if (told.status !== 488 || fault?.status !== 488) return ended;
  return { ...ended, refusal: { status: 488, headers: [["Warning", warningOf(fault)]] } };
}

/** RFC 3261 §20.43, a pseudonym as agent: `305 switchhook "m-line 1 offers opus/48000 …"`. */
function warningOf({ warning = 399, reason }: NoSound): string {
  // What a peer wrote is quoted in it.
  const text = wordsOf(reason).replace(/[^ !#-[\]-~]/g, "?");
  return `${warning} switchhook "${text.slice(0, LONGEST_WARNING)}"`;
}

const LONGEST_WARNING = 300;

function broken(why: EndReason, connected: boolean): Ending {
  const result = connected ? "completed" : "failed";
  return ending(why, { by: "switchhook", status: undefined, result });
}

/** What the record says: the cause before its end. */
export function verdictOf(
  ending: Ending,
  answeredBy: string | undefined,
  tried: Pick<Tried, "step" | "because">,
): EndVerdict {
  const isAnswered = answeredBy !== undefined;
  const end = isAnswered ? endReason("end.afterAnswer", { step: tried.step, why: asWhy(ending) }) : ending;
  const { reason, code, args } = tried.because(end, isAnswered);
  const missed = ending.missed && !isAnswered;
  return { result: ending.result, reason, said: { code, args }, answeredBy, missed };
}

/** For a BYE or CANCEL that says why (RFC 3326); `text` without quotes and backslashes. */
export function because(status: number, text: string): HeaderList {
  return [["Reason", `SIP;cause=${status};text="${text}"`]];
}
