import type { CallerIdForwarding } from "../command.ts";
import type { Weights } from "./step.ts";

interface Rings {
  readonly who: string;
  /** Extensions and numbers, blanks between them. */
  readonly targets: string;
  readonly ringSeconds: number;
  /** Empty: none. */
  readonly callerName: string;
  readonly callerIdForwarding: CallerIdForwarding;
}

interface Rang {
  readonly who: string;
  /** 0: none came. */
  readonly status: number;
  readonly ringSeconds: number;
}

interface Forwarding {
  /** The phone that sends the call elsewhere (302). */
  readonly by: string;
}

interface Forwarded extends Forwarding {
  readonly who: string;
  /** Extensions and numbers, blanks between them. */
  readonly targets: string;
  /** Extensions that ring after these, in order, blanks between them; empty: none. */
  readonly later: string;
}

/** The sentences of all steps that ring. */
export const ringingWords = {
  "ring.rings": (args: Rings) => `Rings ${args.who} for ${args.ringSeconds} s, ${showing(args)}.`,
  "ring.answered": ({ who }: Rang) => `${who} answered: connected.`,
  "ring.timeout": ({ who, ringSeconds }: Rang) => `${who} did not answer within ${ringSeconds} s.`,
  "ring.busy": (args: Rang) => `${args.who}: busy${code(args)}.`,
  "ring.rejected": (args: Rang) => `${args.who}: rejected the call${code(args)}.`,
  "ring.unavailable": (args: Rang) => `${args.who}: not registered, or wants no calls now${code(args)}.`,
  "ring.failed": (args: Rang) => `${args.who}: could not be reached${code(args)}.`,
  "ring.notCalled": (args: Rang) => `${args.who}: not called, for no more calls may leave now${code(args)}.`,
  "ring.refused": ({ why }: { readonly why: string; readonly refused: string }) => `${why} Skipped.`,
  "ring.forwarded": ({ by, who, later }: Forwarded) =>
    `${by} sends the call on: rings ${who}${later === "" ? "" : `, then in order ${later.replaceAll(" ", ", ")}`}.`,
  "ring.forwardIgnored": ({ by }: Forwarding) =>
    `${by} sends the call on, which is not followed: the group ignores forwarding.`,
  "ring.forwardTooOften": ({ by, most }: Forwarding & { readonly most: number }) =>
    `${by} sends the call on, which is not followed: redirected too often, ${most} times already.`,
  "ring.forwardNowhere": ({ by }: Forwarding) => `${by} sends the call on and does not say where to.`,
  "ring.forwardRefused": ({
    by,
    to,
    why,
  }: Forwarding & { readonly to: string; readonly why: string; readonly refused: string }) =>
    `${by} sends the call on to ${to}, which is not followed: ${why}`,
  "ring.forwardNobody": ({ by, to }: Forwarding & { readonly to: string }) =>
    `${by} sends the call on to ${to}, where nobody can ring who does not ring already.`,
  "ring.phoneGone": ({ phone }: { readonly phone: string }) =>
    `There is no phone ${phone} any more: skipped.`,
  "ring.groupGone": ({ group }: { readonly group: string }) =>
    `There is no group ${group} any more: skipped.`,
  "ring.groupEmpty": ({ group, name }: { readonly group: string; readonly name: string }) =>
    `Group ${group} (${name}) has no phone to ring: skipped.`,
  "ring.membersSkipped": ({ skipped }: { readonly skipped: string }) => `Skips ${skipped}: no such phone.`,
  "ring.smartNotYet": ({ group }: { readonly group: string }) =>
    `Group ${group} has the strategy smart, which is not available yet: all ring at once.`,
  "ring.nothingReturned": () => "The webhook returned no destination: skipped.",
};

export const ringingWeights = {
  "ring.refused": "mishap",
  "ring.phoneGone": "mishap",
  "ring.groupGone": "mishap",
  "ring.groupEmpty": "mishap",
  "ring.nothingReturned": "nobodyNamed",
} as const satisfies Weights<typeof ringingWords>;

/** Suppressed hides the name as well: RFC 3323 §4.1, From is "Anonymous". */
function showing({ callerName, callerIdForwarding }: Rings): string {
  if (callerIdForwarding === "suppressed") {
    const anonymous = "as an anonymous caller";
    return callerName === ""
      ? anonymous
      : `${anonymous}: the caller ID is suppressed, and so is the name "${callerName}"`;
  }
  const name = callerName === "" ? "without a name" : `showing "${callerName}"`;
  if (callerIdForwarding !== "called") return name;
  return callerName === "" ? "showing the called number without a name" : `${name} and the called number`;
}

function code({ status }: Rang): string {
  return status === 0 ? "" : ` (${status})`;
}
