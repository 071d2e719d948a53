import type { Called } from "../dialplan/call-facts.ts";
import { understandDestination } from "../dialplan/destination.ts";
import { isEmergencyNumber } from "../dialplan/emergency-numbers.ts";
import type { WalkDirectory } from "../dialplan/frames.ts";
import { type E164, understandNumber } from "../dialplan/number.ts";
import { planForDialling, planForEmergency } from "../dialplan/own-plans.ts";
import type { Plan } from "../dialplan/plan.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import { type EndReason, endReason } from "./end-words.ts";

/** What says whom a call is for; a snapshot is one. */
export interface CalledDirectory extends WalkDirectory {
  /** By `+E.164`. */
  readonly numbers: ReadonlyMap<string, { readonly number: string; readonly plan?: string | undefined }>;
}

/** What a called number or a dialled string leads to: a plan, or a refusal with what would fix it. */
export interface Way {
  readonly received: string;
  /** As understood; what was received, where it means nothing. */
  readonly called: Called;
  readonly matched: string | undefined;
  readonly plan: Plan | undefined;
  readonly refusal: WayRefusal | undefined;
  /** A call for help: it is never refused, and says who calls. */
  readonly emergency: boolean;
}

export interface WayRefusal {
  /** Of SIP. */
  readonly status: number;
  readonly why: EndReason;
}

/**
 * What a phone dials: for help, an internal number, one of our own numbers, or an outside number that the guard allows.
 * Emergency calls go straight to the trunk: no plan, no webhook, no guard.
 */
export function wayDialled(text: string, directory: CalledDirectory): Way {
  const { phones, groups, numbers, home } = directory;
  const internal = phones.has(text) || groups.has(text);
  if (!internal && isEmergencyNumber(text, home.country)) {
    const plan = planForEmergency(text, directory);
    const called = cleanDisplayName(text);
    return { received: text, called, matched: text, plan, refusal: undefined, emergency: true };
  }
  const own = understandNumber(text, home.country);
  if (!internal && own.ok && numbers.has(own.value)) return wayToNumber(text, own.value, directory);
  const destination = understandDestination(text, directory);
  if (!destination.ok) {
    const { code: refused, message: why } = destination.error;
    const status = refused === "notANumber" ? 404 : 403;
    return turnedAway(text, status, endReason("refused.notAllowed", { why, refused }));
  }
  const { value } = destination;
  const called = value.kind === "external" ? value.number : cleanDisplayName(value.extension);
  const plan = planForDialling(value, directory);
  return { received: text, called, matched: called, plan, refusal: undefined, emergency: false };
}

/** One of our numbers was called, or one that is none of ours. */
export function wayToNumber(received: string, number: E164, { numbers, plans }: CalledDirectory): Way {
  const entry = numbers.get(number);
  const plan = entry?.plan === undefined ? undefined : plans.get(entry.plan);
  if (entry !== undefined && plan !== undefined) {
    return {
      received,
      called: number,
      matched: entry.number,
      plan,
      refusal: undefined,
      emergency: false,
    };
  }
  const why = endReason(entry === undefined ? "refused.notOurs" : "refused.noPlan", { number });
  return { ...turnedAway(received, 404, why), called: number, matched: entry?.number };
}

/** Refused at once. */
export function turnedAway(text: string, status: number, why: EndReason): Way {
  return {
    received: text,
    called: cleanDisplayName(text),
    matched: undefined,
    plan: undefined,
    refusal: { status, why },
    emergency: false,
  };
}
