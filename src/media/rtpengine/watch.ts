import { canonicalIp } from "../../lib/ip-address.ts";
import { addressKind } from "../sdp/address.ts";
import type { End } from "./end.ts";
import type { TagState } from "./reply.ts";
import { soundAddress } from "./told.ts";

/** When silence is worth telling (reliability C5), ms. */
export interface SilenceLimits {
  readonly silentMs: number;
  /** While the party holds. */
  readonly silentOnHoldMs: number;
}

/** What a look at an end has shown (docs/adr/0023). */
export interface Observation {
  /** Seconds, once for each silence. */
  readonly silent: number | undefined;
  /** Sound comes from this address, which is not the party's. */
  readonly stranger: string | undefined;
  /** Nothing is taken any more, and packets are dropped: a NAT may have given the party another port. */
  readonly elsewhere: boolean;
}

/** How long an old stream may go on after a move. */
const LINGERING_MS = 10_000;

const NOTHING: Observation = { silent: undefined, stranger: undefined, elsewhere: false };

/** Notes how an end stands, and says what is to be done about it. `now`: ms of the monotonic clock. */
export function observe(
  end: End,
  tags: readonly TagState[],
  now: number,
  limits: SilenceLimits,
): Observation {
  const state = tags.find(({ tag }) => tag === end.tag);
  if (state === undefined) return NOTHING;
  const taken = state.packets !== end.packets;
  const drops = !taken && state.dropped > end.dropped;
  const elsewhere = drops && end.learning === "immediate" && !lingers(end, now);
  if (taken) end.expectSound(now);
  end.packets = state.packets;
  end.dropped = state.dropped;
  const { agreed } = end.negotiation;
  if (agreed === undefined) return NOTHING;
  const { audio } = agreed;
  const talks = audio.direction === "sendrecv" && audio.address !== undefined;
  const silentMs = now - end.heardAt;
  const tell = silentMs >= (talks ? limits.silentMs : limits.silentOnHoldMs) && !end.silenceTold;
  if (tell) end.silenceTold = true;
  return {
    silent: tell ? Math.round(silentMs / 1000) : undefined,
    stranger: end.learning === "off" ? undefined : strangerAt(end, state.from),
    elsewhere,
  };
}

/**
 * What is dropped may be the old stream of a party that has moved and says nothing yet: if the place were learned anew, that
 * stream would be the first to be heard (ADR 0040). Where the party is behind NAT, it may as well be the party.
 */
function lingers(end: End, now: number): boolean {
  const place = end.negotiation.agreed?.place;
  if (place === undefined || now - end.movedAt >= LINGERING_MS) return false;
  return soundAddress(place, end.parts) === place.address;
}

function strangerAt(end: End, from: string | undefined): string | undefined {
  const place = end.negotiation.agreed?.place;
  if (from === undefined || place === undefined) return undefined;
  const address = canonicalIp(from);
  // What it was told before it learned anything, `0.0.0.0` included, is nobody's.
  if (address === undefined || addressKind(address) === "unspecified") return undefined;
  const own = [place.address, soundAddress(place, end.parts), canonicalIp(end.parts.signallingAddress)];
  return own.includes(address) ? undefined : address;
}
