import { understandDestination } from "../dialplan/destination.ts";
import { isEmergencyNumber } from "../dialplan/emergency-numbers.ts";
import { understandNumber } from "../dialplan/number.ts";
import type { Plan } from "../dialplan/plan.ts";
import { type EndReason, endReason } from "../model/end-words.ts";
import type { Snapshot, Trunk } from "../model/snapshot.ts";
import { parseUri, type SipRequest, type Uri, userOf } from "../sip/index.ts";
import { type Ending, refused } from "./call-end.ts";
import { type CalledPlace, calledPlaces } from "./called-places.ts";
import type { Origin } from "./facts.ts";
import { planForDialling, planForEmergency } from "./phone-plan.ts";
import { dialledIn, numberOf } from "./telephone.ts";

/** What a called number or a dialled string leads to: a plan, or a refusal with what would fix it. */
export interface Way {
  readonly received: string;
  /** As understood: `+E.164`, an extension, or as received where it means nothing. */
  readonly called: string;
  readonly matched: string | undefined;
  readonly plan: Plan | undefined;
  readonly refusal: Ending | undefined;
  /** A call for help: it is never refused, and says who calls. */
  readonly emergency: boolean;
}

/** Whom this call is for. */
export function wayOf(request: SipRequest, origin: Origin, snapshot: Snapshot): Way {
  if (origin.kind === "trunk") {
    const { trunk, toContact } = origin;
    return calledByTrunk(calledPlaces(request, trunk, toContact), trunk, snapshot);
  }
  const target = parseUri(request.uri);
  return calledByPhone(target.ok ? target.value : request.to.uri, snapshot);
}

/**
 * A trunk delivers a call. Of the places where it may say who was called the first counts that names a number of ours, else
 * the first that names any. Where the trunk has a plan of its own that plan takes the call, whoever was called: `called` is
 * then the number if one can be read, else what stands in the first place.
 */
export function calledByTrunk(places: Iterable<CalledPlace>, trunk: Trunk, snapshot: Snapshot): Way {
  const { number, text, ours, where } = readCalled(places, trunk, snapshot);
  const plan = trunk.plan === undefined ? undefined : snapshot.plans.get(trunk.plan);
  if (plan !== undefined) {
    const called = number?.ok === true ? number.value : text;
    const matched = ours ? called : `trunk "${trunk.name}"`;
    return { received: text, called, matched, plan, refusal: undefined, emergency: false };
  }
  if (number === undefined) {
    return turnedAway(text, 404, endReason("refused.calledNotSaid", { where, trunk: trunk.name }));
  }
  return number.ok
    ? toNumber(text, number.value, snapshot)
    : turnedAway(text, 404, endReason("refused.notUnderstood", { why: number.error }));
}

interface Called {
  readonly text: string;
  /** As read; undefined: nothing stands in any place. */
  readonly number: ReturnType<typeof numberOf> | undefined;
  readonly ours: boolean;
  /** The first place, in words. */
  readonly where: string;
}

function readCalled(places: Iterable<CalledPlace>, trunk: Trunk, { numbers, home }: Snapshot): Called {
  let best: Pick<Called, "text" | "number"> = { text: "", number: undefined };
  let where = "";
  for (const { name, uris } of places) {
    where ||= name;
    for (const uri of uris) {
      const text = userOf(uri);
      const number = numberOf(uri, home.country, trunk.numberFormat);
      if (number.ok && numbers.has(number.value)) return { text, number, ours: true, where };
      if (best.number === undefined || (number.ok && !best.number.ok)) best = { text, number };
    }
  }
  return { ...best, ours: false, where };
}

/**
 * A phone dials: for help, an internal number, one of our own numbers, or an outside number that the guard allows.
 * Emergency calls go straight to the trunk: no plan, no webhook, no guard.
 */
export function calledByPhone(uri: Uri, snapshot: Snapshot): Way {
  const text = dialledIn(uri, snapshot);
  const internal = snapshot.phones.has(text) || snapshot.groups.has(text);
  if (!internal && isEmergencyNumber(text, snapshot.home.country)) {
    const plan = planForEmergency(text, snapshot);
    return { received: text, called: text, matched: text, plan, refusal: undefined, emergency: true };
  }
  const own = understandNumber(text, snapshot.home.country);
  if (!internal && own.ok && snapshot.numbers.has(own.value)) return toNumber(text, own.value, snapshot);
  const destination = understandDestination(text, snapshot);
  if (!destination.ok) {
    const { code: refused, message: why } = destination.error;
    return turnedAway(
      text,
      refused === "notANumber" ? 404 : 403,
      endReason("refused.notAllowed", { why, refused }),
    );
  }
  const { value } = destination;
  const called = value.kind === "external" ? value.number : value.extension;
  const plan = planForDialling(value, snapshot);
  return { received: text, called, matched: called, plan, refusal: undefined, emergency: false };
}

function toNumber(received: string, number: string, snapshot: Snapshot): Way {
  const entry = snapshot.numbers.get(number);
  const plan = entry?.plan === undefined ? undefined : snapshot.plans.get(entry.plan);
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

function turnedAway(text: string, status: number, why: EndReason): Way {
  return {
    received: text,
    called: text,
    matched: undefined,
    plan: undefined,
    refusal: refused(status, why),
    emergency: false,
  };
}
