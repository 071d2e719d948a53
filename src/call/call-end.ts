import type { CallResult } from "../model/call-record.ts";
import type { HeaderList } from "../sip/index.ts";
import { statusForCaller } from "./ring-result.ts";

/** How a call ended, for its record. */
export interface CallEnd {
  readonly by: "caller" | "callee" | "switchhook";
  readonly status: number | undefined;
  readonly result: CallResult;
  /** A sentence without its stop. */
  readonly reason: string;
}

/**
 * What a caller is refused with, when the plan ends with `planStatus` and the last leg ended with `last`. `fault`: the
 * status of what kept the last leg, or us, from having sound at all.
 */
export function refusedBy(
  planStatus: number,
  last: number | undefined,
  direct: boolean,
  fault: number | undefined,
): number {
  // Nobody was asked: that we are full (503) or that the two can never hear each other (488) is no absence of a person.
  if (planStatus === 480 && (fault === 503 || fault === 488)) return fault;
  // Whoever sent us a call that goes in circles is told so, that it may stop trying other ways (RFC 5393 §4).
  const looped = planStatus === 480 && (last === 482 || last === 483);
  return last !== undefined && (direct || looped) ? statusForCaller(last) : planStatus;
}

/** How a call ended that the caller was refused with this status, for its record. */
export function resultFor(status: number): CallResult {
  if (status === 486 || status === 600) return "busy";
  if (status === 603) return "rejected";
  return status === 480 || status === 487 ? "noAnswer" : "failed";
}

/** For a BYE or CANCEL that says why (RFC 3326); `text` without quotes and backslashes. */
export function because(status: number, text: string): HeaderList {
  return [["Reason", `SIP;cause=${status};text="${text}"`]];
}

/** One side's signalling died without a word. */
export function lostSide(callerSide: boolean, why: string, result: CallResult): CallEnd {
  const who = callerSide ? "the caller's side" : "the called side";
  return { by: "switchhook", status: undefined, result, reason: `${who} was lost: ${why}` };
}

/** One side has sent no sound for too long (reliability C5). */
export function silentSide(callerSide: boolean, seconds: number, connected: boolean): CallEnd {
  const who = callerSide ? "the caller's side" : "the called side";
  return {
    by: "switchhook",
    status: undefined,
    result: connected ? "completed" : "failed",
    reason: `no sound has come from ${who} for ${seconds} s`,
  };
}
