import type { Plan } from "../dialplan/plan.ts";
import type { Walk } from "../dialplan/walk-state.ts";
import type { Why } from "../lib/said.ts";
import type { CallResult } from "./call-record.ts";
import { type EndReason, endReason } from "./end-words.ts";

/** What was tried last, as far as it matters when the plan has ended. */
export interface LastTried {
  /** The ringing step, in words. */
  readonly step: string;
  /** How that went; empty where nobody was rung. */
  readonly how: Why;
  /** The last status of a leg. */
  readonly status: number | undefined;
  /** What kept the last leg, or us, from having sound at all. */
  readonly fault: NoSound | undefined;
  /** The plan has done something for the caller (played, asked, hung up), rung nobody, and nothing went wrong. */
  readonly isServed: boolean;
}

/** Why there is no sound: the status that says so, what a Warning says (RFC 3261 §20.43), and a sentence. */
export interface NoSound {
  readonly status: number;
  readonly warning?: number | undefined;
  readonly reason: Why;
}

/** How a call ends that a plan has ended, and nobody has answered. */
export interface PlanEnd {
  /** What the caller is told. */
  readonly status: number;
  readonly result: CallResult;
  readonly reason: EndReason;
  /** Somebody was to be reached. */
  readonly missed: boolean;
}

/**
 * Whether a caller whom we had answered, and who hangs up before anybody else does, has got what the plan had for it: it
 * hears a message of a plan that can ring nobody at all, and nothing went wrong. `waitingFor`: what the walk waits for.
 */
export function isServedCaller(
  { steps }: Plan,
  waitingFor: Walk["waitingFor"] | undefined,
  { isSmooth }: { readonly isSmooth: boolean },
): boolean {
  return waitingFor === "played" && isSmooth && !steps.some((step) => "ringMs" in step);
}

/** The plan ended with a status and a sentence. `direct`: the caller dialled the destination itself, and is told how that refused. */
export function planEnd(planStatus: number, why: Why, last: LastTried, direct: boolean): PlanEnd {
  const status = refusedBy(planStatus, last, direct);
  const reason = endReason("end.planEnded", { why, step: last.step, tried: last.how });
  const { isServed } = last;
  const result = isServed && status === 480 ? "handled" : resultFor(status);
  return { status, result, reason, missed: !isServed };
}

function refusedBy(planStatus: number, { status, fault }: LastTried, direct: boolean): number {
  // Nobody was asked: that we are full (503) or that the two can never hear each other (488) is no absence of a person.
  if (planStatus === 480 && (fault?.status === 503 || fault?.status === 488)) return fault.status;
  // Whoever sent us a call that goes in circles is told so, that it may stop trying other ways (RFC 5393 §4).
  const looped = planStatus === 480 && (status === 482 || status === 483);
  return status !== undefined && (direct || looped) ? statusForCaller(status) : planStatus;
}

function resultFor(status: number): CallResult {
  if (status === 486 || status === 600) return "busy";
  if (status === 603) return "rejected";
  return status === 480 || status === 487 ? "noAnswer" : "failed";
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
