import { cleanDisplayName } from "../lib/display-name.ts";
import { endReason } from "../model/end-words.ts";
import type { Snapshot, Trunk } from "../model/snapshot.ts";
import { turnedAway, type Way, wayDialled, wayToNumber } from "../model/way.ts";
import { type Uri, userOf } from "../sip/index.ts";
import { type Asked, type CalledPlace, calledPlaces } from "./called-places.ts";
import type { Origin } from "./facts.ts";
import { dialledIn, numberOf } from "./telephone.ts";

/** Whom this call is for. */
export function wayOf(asked: Asked, origin: Origin, snapshot: Snapshot): Way {
  if (origin.kind === "trunk") {
    const { trunk, toContact } = origin;
    return calledByTrunk(calledPlaces(asked, trunk, toContact), trunk, snapshot);
  }
  return calledByPhone(asked.target ?? asked.request.to.uri, snapshot);
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
    const called = number?.ok === true ? number.value : cleanDisplayName(text);
    const matched = ours ? called : `trunk "${trunk.name}"`;
    return { received: text, called, matched, plan, refusal: undefined, emergency: false };
  }
  if (number === undefined) {
    return turnedAway(text, 404, endReason("refused.calledNotSaid", { where, trunk: trunk.name }));
  }
  return number.ok
    ? wayToNumber(text, number.value, snapshot)
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

/** A phone dials. */
export function calledByPhone(uri: Uri, snapshot: Snapshot): Way {
  return wayDialled(dialledIn(uri, snapshot), snapshot);
}
