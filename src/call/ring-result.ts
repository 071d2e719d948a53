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

/**
 * What a caller who dialled a destination itself is told when it refused; with a dial plan in between, the plan decides
 * (dialplan.md: 486 or 480). Challenges, redirections and faults of one leg mean nothing to the caller.
 */
export function statusForCaller(status: number): number {
  switch (status) {
    case 486:
    case 600:
      return 486;
    case 403:
    case 404:
    case 410:
    case 482:
    case 483:
    case 484:
    case 488:
    case 603:
    case 606:
    case 607:
    case 608:
      return status;
    default:
      return 480;
  }
}

/** Of several members' results the one that says most: a person's answer before a machine's. */
const PRECEDENCE: readonly RingResult[] = ["busy", "rejected", "timeout", "failed", "unavailable"];

/** The stronger of two results of members of one group. */
export function stronger(a: RingResult | undefined, b: RingResult): RingResult {
  if (a === undefined) return b;
  return PRECEDENCE.indexOf(a) <= PRECEDENCE.indexOf(b) ? a : b;
}
