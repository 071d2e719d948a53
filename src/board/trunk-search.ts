import type { Said } from "../lib/said.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Flow, InviteWay, Target } from "../sip/index.ts";
import { boardSaid } from "./words.ts";

/** Where a trunk may be: a flow that is there, or a place that one is opened to when its turn has come. */
export type Place = Flow | Target;

export interface TrunkSearchParts {
  /** Best first. */
  readonly places: readonly Place[];
  readonly isDown: (place: Place) => boolean;
  readonly flowTo: (target: Target) => Flow | undefined;
  readonly clock: Clock;
}

/** All silence together, so that a caller hears within 10 s that nobody is there (reliability H5). */
const SEARCH_MS = 9_000;
const PATIENCE_MS = { least: 1_000, most: 4_000 } as const;
/** More places are not tried for one call. */
const MOST_TRIED = 8;
/** Places that are known to be down share 0.6 s, so that a busy machine is within one too: one that is back answers with 100 in that time. */
const DOWN = { searchMs: 600, mostTried: 3 } as const;

/**
 * One search for a trunk that takes a call (RFC 3263 §4.3). Each place is connected to when the one before has failed. Time
 * counts only while a place is silent, so that one which answers 100 and fails later does not use up that of the next.
 */
export function searchTrunk(parts: TrunkSearchParts): Iterator<InviteWay, Said | undefined> {
  const [only] = parts.places;
  return only !== undefined && parts.places.length === 1 ? onlyPlace(parts, only) : allPlaces(parts);
}

/** What most trunks are: one address. Of a generator's lists nothing is needed then, and each call pays for them. */
function onlyPlace(
  { isDown, flowTo }: TrunkSearchParts,
  place: Place,
): Iterator<InviteWay, Said | undefined> {
  let isAsked = false;
  return {
    next() {
      const flow = isAsked ? undefined : "remote" in place ? place : flowTo(place);
      isAsked = true;
      if (flow === undefined) return { done: true, value: undefined };
      return {
        done: false,
        value: { flow, patienceMs: isDown(place) ? DOWN.searchMs : SEARCH_MS, more: false },
      };
    },
  };
}

function* allPlaces(parts: TrunkSearchParts): Generator<InviteWay, Said | undefined> {
  const { places, isDown, clock } = parts;
  const down = places.filter(isDown);
  const downTried = down.slice(0, DOWN.mostTried);
  const others = places.filter((place) => !down.includes(place)).slice(0, MOST_TRIED);
  const all = [...others, ...downTried].slice(0, MOST_TRIED);
  let leftMs = SEARCH_MS;
  let tried = 0;
  for (const [index, place] of all.entries()) {
    const flow = "remote" in place ? place : parts.flowTo(place);
    if (flow === undefined) continue;
    const ahead = others.length - index;
    const patienceMs =
      ahead > 0 ? share(leftMs, ahead, down.length === 0) : Math.floor(DOWN.searchMs / downTried.length);
    const began = clock.now();
    tried += 1;
    yield { flow, patienceMs, more: index + 1 < all.length };
    leftMs -= Math.min(clock.now() - began, patienceMs);
  }
  return summary(tried, places.length);
}

function share(leftMs: number, ahead: number, isAll: boolean): number {
  const most = ahead === 1 && isAll ? leftMs : Math.min(PATIENCE_MS.most, Math.floor(leftMs / ahead));
  return Math.max(PATIENCE_MS.least, most);
}

/** Undefined where the one address was tried. */
function summary(tried: number, known: number): Said | undefined {
  if (known <= 1) return undefined;
  return boardSaid("trunk.noneTook", { tried, known });
}
