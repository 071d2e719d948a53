import type { RingResult } from "../dialplan/outcome.ts";

/** What a final response of a rung leg means for the plan (dialplan.md, progression at a ringing step). */
export function resultOf(status: number): RingResult {
  switch (status) {
    case 486:
    case 600:
      return "busy";
    case 603:
    case 403:
    case 607:
    case 608:
      return "rejected";
    case 480:
      return "unavailable";
    case 408:
    case 487:
      return "timeout";
    default:
      return "failed";
  }
}

/** Of several members' results the one that says most: a person's answer before a machine's. */
const PRECEDENCE: readonly RingResult[] = ["busy", "rejected", "timeout", "failed", "unavailable"];

/** The stronger of two results of members of one group. */
export function stronger(a: RingResult | undefined, b: RingResult): RingResult {
  if (a === undefined) return b;
  return PRECEDENCE.indexOf(a) <= PRECEDENCE.indexOf(b) ? a : b;
}
