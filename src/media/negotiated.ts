import { familyOfIp, type IpAddress } from "../lib/ip-address.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { AudioCodec } from "./codec/codec.ts";
import type { MediaFault } from "./engine.ts";
import { type MappedCodec, type RemoteAudio, readAudio } from "./sdp/audio.ts";
import { parseSdp, type SessionDescription, writeSdp } from "./sdp/description.ts";
import type { LocalOrigin } from "./sdp/local.ts";
import { mediaSaid } from "./words.ts";

// What offer and answer (RFC 3264) have in common in all drivers.

/** What we can do, in the order in which we offer it where nothing speaks for another. */
export const OUR_CODECS: readonly AudioCodec[] = ["PCMA", "PCMU", "G722"];
/** Ours for telephone-event, where the party has not named one. */
export const OUR_EVENT_PAYLOAD_TYPE = 101;

/** A party's description that can be used, and what of it is its sound. */
export interface PartyDescription {
  readonly description: SessionDescription;
  readonly audio: RemoteAudio;
}

/**
 * Reads what a party sent. `ourAddress`: where it reaches us; sound flows between two addresses of one family only (RFC 6157
 * §3). `mustBeAt`: the m-line of an answer has to be that of the offer.
 */
export function readParty(
  sdp: Uint8Array,
  ourAddress: IpAddress,
  mustBeAt?: number,
): Result<PartyDescription, MediaFault> {
  const description = parseSdp(sdp);
  if (!description.ok) return err({ status: 400, reason: description.error });
  const audio = readAudio(description.value, mustBeAt);
  if (!audio.ok) {
    const hasSound = description.value.media.some(({ kind, port }) => kind === "audio" && port !== 0);
    return err({ status: 488, reason: audio.error, warning: hasSound ? 305 : 304 });
  }
  const { address } = audio.value;
  if (address !== undefined && familyOfIp(address) !== familyOfIp(ourAddress)) {
    return err({
      status: 488,
      reason: mediaSaid("media.unreachable", { address, ourAddress }),
      warning: 301,
    });
  }
  return ok({ description: description.value, audio: audio.value });
}

/** The codec that an answer chooses: of what we offered the first, which is what the party prefers (RFC 3264 §6.1). */
export function codecOfAnswer(
  answer: RemoteAudio,
  offered: readonly MappedCodec[],
): Result<MappedCodec, MediaFault> {
  const codec = answer.codecs.find((mapped) => offered.some((ours) => ours.codec === mapped.codec));
  if (codec !== undefined) return ok(codec);
  const named = answer.codecs.map((mapped) => mapped.codec).join(", ");
  const ours = offered.map((mapped) => mapped.codec).join(", ");
  return err({
    status: 488,
    reason: mediaSaid("media.noCodecOfOurs", { named, offered: ours }),
    warning: 305,
  });
}

/** Writes our descriptions towards one party: the version grows with each change, and only then (RFC 3264 §8). */
export class OwnDescriptions {
  readonly #session: string;
  #version = 0;
  /** The last one without its version, to see whether the next differs. */
  #said: string | undefined;

  /** `session`: digits, of which no two are alike (RFC 8866 §5.2). */
  constructor(session: string) {
    this.#session = session;
  }

  write(describe: (origin: LocalOrigin) => SessionDescription): Uint8Array {
    const session = this.#session;
    const plain = new TextDecoder().decode(writeSdp(describe({ session, version: 0 })));
    if (plain !== this.#said) this.#version += 1;
    this.#said = plain;
    return writeSdp(describe({ session, version: this.#version }));
  }
}
