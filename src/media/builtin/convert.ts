import type { AudioCodec } from "../codec/codec.ts";
import {
  ALAW_SILENCE,
  ALAW_TO_LINEAR,
  ALAW_TO_ULAW,
  linearToAlaw,
  linearToUlaw,
  translate,
  ULAW_SILENCE,
  ULAW_TO_ALAW,
  ULAW_TO_LINEAR,
} from "../codec/g711.ts";
import { G722Decoder, G722Encoder } from "../codec/g722.ts";

/** Changes a payload where it lies: in all our codecs 8 octets are 1 ms. */
export type Convert = (payload: Uint8Array) => void;

/** The longest payload that is looked into or converted, octets: 180 ms. */
export const MAX_PAYLOAD = 1440;

/** Samples between two codecs. One for all: nothing waits between decoding and encoding. */
const scratch = new Int16Array(MAX_PAYLOAD);

/** How one stream gets from a codec to another; undefined where nothing needs to be done. One belongs to one stream. */
export function converter(from: AudioCodec, to: AudioCodec): Convert | undefined {
  if (from === to) return undefined;
  if (from === "PCMA" && to === "PCMU") return (payload) => translate(ALAW_TO_ULAW, payload, payload);
  if (from === "PCMU" && to === "PCMA") return (payload) => translate(ULAW_TO_ALAW, payload, payload);
  const decode = decoder(from);
  const encode = encoder(to);
  return (payload) => {
    const samples = scratch.subarray(0, payload.length);
    decode(payload, samples);
    encode(samples, payload);
  };
}

/** Octets to sound of 8 kHz, as many samples. */
export function decoder(codec: AudioCodec): (octets: Uint8Array, into: Int16Array) => void {
  if (codec === "PCMA") return (octets, into) => translate(ALAW_TO_LINEAR, octets, into);
  if (codec === "PCMU") return (octets, into) => translate(ULAW_TO_LINEAR, octets, into);
  const g722 = new G722Decoder();
  return (octets, into) => g722.decodeNarrow(octets, into);
}

/** Sound of 8 kHz to octets, as many. */
export function encoder(codec: AudioCodec): (sound: Int16Array, into: Uint8Array) => void {
  if (codec === "G722") {
    const g722 = new G722Encoder();
    return (sound, into) => g722.encodeNarrow(sound, into);
  }
  const encodeSample = codec === "PCMA" ? linearToAlaw : linearToUlaw;
  return (sound, into) => {
    for (let at = 0; at < sound.length; at++) into[at] = encodeSample(sound[at] as number);
  };
}

/**
 * An octet that is silence when it is repeated. G.722 has none in the strict sense: 0xfd is the smallest step up in the
 * upper band and no difference in the lower (code 61), so whatever was heard before, a decoder is below -55 dBov from the
 * second packet on. And a message, which another encoder began from rest, sounds as it should after it. What an encoder
 * makes of zeros has no period; repeated, a packet of it leaves an offset that spoils the beginning of what comes next.
 */
export function silentOctet(codec: AudioCodec): number {
  return codec === "PCMA" ? ALAW_SILENCE : codec === "PCMU" ? ULAW_SILENCE : 0xfd;
}
