import { type AddressScope, addressScope } from "../model/network.ts";
import type { MediaPolicy } from "../model/snapshot.ts";

/** One side of a call, as far as it decides which way the sound takes. */
export interface MediaSide {
  readonly policy: MediaPolicy;
  /** In words: `phone 215`, `trunk "carrier"`, `the caller`. */
  readonly name: string;
  /** Where its sound is expected: the address of its SDP, or of its signalling where it has not described itself yet. */
  readonly address: string;
  /** It announces an address of its own network that it is not reached at. */
  readonly behindNat: boolean;
}

/**
 * Why the sound of these two has to pass through us; undefined: it goes directly between them. Whoever is to be
 * anchored is, whatever the other side would rather have.
 */
export function reasonToAnchor(caller: MediaSide, callee: MediaSide): string | undefined {
  for (const side of [caller, callee]) {
    if (side.policy === "anchored") return `${side.name} is set to "media: anchored"`;
  }
  for (const side of [caller, callee]) {
    if (side.policy === "auto" && side.behindNat) return `${side.name} is behind NAT`;
  }
  if (caller.policy === "passThrough" || callee.policy === "passThrough") return undefined;
  const [one, other] = [addressScope(caller.address), addressScope(callee.address)];
  if (one === undefined || other === undefined || one === other) return undefined;
  return `${caller.name} is ${WORDS[one]} and ${callee.name} ${WORDS[other]}`;
}

const WORDS: Readonly<Record<AddressScope, string>> = {
  loopback: "on this machine",
  private: "in a private network",
  public: "in a public network",
};

/** The connection address of a description (RFC 8866 §5.7): the first one; undefined where there is none. */
export function describedAddress(sdp: Buffer): string | undefined {
  for (const start of ["c=IN IP4 ", "c=IN IP6 "]) {
    const at = sdp.indexOf(start);
    if (at < 0) continue;
    return /^[0-9A-Fa-f.:]+/.exec(sdp.toString("latin1", at + start.length, at + start.length + 46))?.[0];
  }
  return undefined;
}

/**
 * Whether a party that describes itself with `address` and signals from `source` is behind NAT: a private address that
 * is not the one its packets come from. Two public addresses are a provider with media servers of their own.
 */
export function isBehindNat(address: string | undefined, source: string): boolean {
  return address !== undefined && address !== source && addressScope(address) === "private";
}
