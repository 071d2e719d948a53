import { addressKind, canonicalIp } from "../sdp/address.ts";
import type { End } from "./end.ts";
import type { TagState } from "./reply.ts";
import { soundAddress } from "./told.ts";

/** When silence is worth telling (reliability C5), ms. */
export interface SilenceLimits {
  readonly silentMs: number;
  /** While the party holds. */
  readonly silentOnHoldMs: number;
}

/** What a look at an end has shown. */
export interface Observation {
  /** Seconds, once for each silence. */
  readonly silent: number | undefined;
  /** Sound comes from this address, which is not the party's. */
  readonly stranger: string | undefined;
  /** Nothing is taken any more, and packets are dropped: a NAT may have given the party another port. */
  readonly elsewhere: boolean;
}

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
  const elsewhere = !taken && state.dropped > end.dropped && end.learning === "immediate";
  if (taken) {
    end.heardAt = now;
    end.silenceTold = false;
  }
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

function strangerAt(end: End, from: string | undefined): string | undefined {
  const place = end.negotiation.agreed?.place;
  if (from === undefined || place === undefined) return undefined;
  const address = canonicalIp(from);
  // What it was told before it learned anything, `0.0.0.0` included, is nobody's.
  if (address === undefined || addressKind(address) === "unspecified") return undefined;
  const own = [place.address, soundAddress(place, end.parts), canonicalIp(end.parts.signallingAddress)];
  return own.includes(address) ? undefined : address;
}
