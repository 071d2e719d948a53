import type { Said } from "../lib/said.ts";
import { addressScope, isIpAddress } from "../model/network.ts";
import type { MediaPolicy } from "../model/snapshot.ts";
import { storySaid } from "../model/story-words.ts";

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

/** Which way the sound of two sides takes, and why. */
export type SoundWay =
  | { readonly kind: "direct" }
  | { readonly kind: "throughUs"; readonly reason: Said }
  /** The one side is to be passed through, and nothing could flow that way: a sentence. */
  | { readonly kind: "impossible"; readonly reason: Said };

const DIRECT: SoundWay = { kind: "direct" };

/**
 * Which way the sound of these two takes (docs/adr/0029). Whoever is to be anchored is, whatever the other side would rather have. From IPv6
 * to IPv4 nothing flows without somebody between (RFC 6157 §3.1).
 */
export function wayOfSound(caller: MediaSide, callee: MediaSide): SoundWay {
  const families = otherFamily(caller, callee);
  const insists = either(caller, callee, ({ policy }) => policy === "passThrough");
  if (families !== undefined && insists === undefined) return { kind: "throughUs", reason: families };
  const reason = reasonToAnchor(caller, callee);
  if (reason !== undefined) return { kind: "throughUs", reason };
  if (families === undefined || insists === undefined) return DIRECT;
  return {
    kind: "impossible",
    reason: storySaid("way.impossible", { why: families, party: insists.name }),
  };
}

/** Where one side has IPv6 and the other IPv4; undefined: it is the same, or nobody knows. */
function otherFamily(caller: MediaSide, callee: MediaSide): Said | undefined {
  const one = familyOf(caller.address);
  const other = familyOf(callee.address);
  if (one === undefined || other === undefined || one === other) return undefined;
  const [party, callees] = [caller.name, callee.name];
  return storySaid("way.families", { party, family: one, other: callees, otherFamily: other });
}

function familyOf(address: string): "IPv4" | "IPv6" | undefined {
  if (!isIpAddress(address)) return undefined;
  // A socket for both families shows IPv4 as `::ffff:192.0.2.1`.
  return address.includes(":") && !/^::ffff:[\d.]+$/i.test(address) ? "IPv6" : "IPv4";
}

/** Why nothing can flow between these two descriptions as they are; undefined: it can. */
export function unreachable(caller: Buffer, callee: Buffer): Said | undefined {
  // With ICE (RFC 8445) the parties agree on addresses of their own, whatever the connection lines say.
  if (caller.includes(CANDIDATE) && callee.includes(CANDIDATE)) return undefined;
  const [one, other] = [describedAddress(caller), describedAddress(callee)];
  if (one === undefined || other === undefined) return undefined;
  return otherFamily(
    { policy: "auto", name: "the caller's sound", address: one, behindNat: false },
    { policy: "auto", name: "the answer's", address: other, behindNat: false },
  );
}

/** The first of the two that is so. */
function either(
  caller: MediaSide,
  callee: MediaSide,
  is: (side: MediaSide) => boolean,
): MediaSide | undefined {
  return is(caller) ? caller : is(callee) ? callee : undefined;
}

function reasonToAnchor(caller: MediaSide, callee: MediaSide): Said | undefined {
  const anchored = either(caller, callee, ({ policy }) => policy === "anchored");
  if (anchored !== undefined) return storySaid("way.anchored", { party: anchored.name });
  const behindNat = either(caller, callee, (side) => side.policy === "auto" && side.behindNat);
  if (behindNat !== undefined) return storySaid("way.behindNat", { party: behindNat.name });
  if (caller.policy === "passThrough" || callee.policy === "passThrough") return undefined;
  const [one, other] = [addressScope(caller.address), addressScope(callee.address)];
  if (one === undefined || other === undefined || one === other) return undefined;
  return storySaid("way.networks", {
    party: caller.name,
    scope: one,
    other: callee.name,
    otherScope: other,
  });
}

// Octets, for a text is made into octets anew each time that it is looked for.
const CANDIDATE = Buffer.from("a=candidate:");
const CONNECTIONS = [Buffer.from("c=IN IP4 "), Buffer.from("c=IN IP6 ")] as const;

/** The connection address of a description (RFC 8866 §5.7): the first one; undefined where there is none. */
export function describedAddress(sdp: Buffer): string | undefined {
  for (const start of CONNECTIONS) {
    const at = sdp.indexOf(start);
    if (at < 0) continue;
    return /^[0-9A-Fa-f.:]+/.exec(sdp.toString("latin1", at + start.length, at + start.length + 46))?.[0];
  }
  return undefined;
}
