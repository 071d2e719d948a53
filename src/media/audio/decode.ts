import { FLACDecoder } from "@wasm-audio-decoders/flac";
import { OggVorbisDecoder } from "@wasm-audio-decoders/ogg-vorbis";
import { MPEGDecoder } from "mpg123-decoder";
import { OggOpusDecoder } from "ogg-opus-decoder";
import type { TakeBlock } from "./block.ts";
import type { OwnKind } from "./sniff.ts";
import { hasText, mpegStart } from "./sniff.ts";
import { decodeWav } from "./wav-decode.ts";

/** What the wasm decoders give back. */
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly unknown[];
}

interface Decoder {
  readonly ready: Promise<void>;
  decode(octets: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Promise<Decoded>;
}

/**
 * Octets that are decoded at once. A file that is made to explode has FLAC frames of a dozen octets that stand for 1.4 s
 * of eight channels, or Ogg packets of one octet for 120 ms; by these steps the worst of them takes some 150 MiB.
 */
const STEP: Readonly<Record<Exclude<OwnKind, "wav">, number>> = {
  mp3: 16_384,
  vorbis: 2048,
  opus: 2048,
  flac: 512,
};

function decoderOf(kind: keyof typeof STEP): Decoder {
  switch (kind) {
    case "mp3":
      return new MPEGDecoder();
    case "vorbis":
      return new OggVorbisDecoder();
    case "opus":
      return new OggOpusDecoder();
    case "flac":
      return new FLACDecoder();
  }
}

/**
 * Decodes a file in small steps, so that what is too long is stopped early. The value is undefined, or what is wrong
 * with the file in a sentence without its name; blocks may have come before.
 */
export async function decode(kind: OwnKind, bytes: Uint8Array, take: TakeBlock): Promise<string | undefined> {
  if (kind === "wav") return decodeWav(bytes, take);
  if (kind === "flac" && flacBits(bytes) > 24)
    return "has samples of more than 24 bits, which cannot be read here.";
  if (hasText(bytes, 0, "OggS") && isCutInPage(bytes)) return "is cut off: its end is missing.";
  const decoder = decoderOf(kind);
  await decoder.ready;
  let errors = 0;
  let blocks = 0;
  const give = (decoded: Decoded): boolean => {
    errors += decoded.errors.length;
    if (decoded.samplesDecoded === 0 || decoded.channelData.length === 0) return true;
    blocks += 1;
    return take({ rate: decoded.sampleRate, channels: decoded.channelData });
  };
  try {
    // Tags may hold a picture of any size, which is not sound.
    for (let at = kind === "mp3" ? (mpegStart(bytes) ?? 0) : 0; at < bytes.length; at += STEP[kind]) {
      if (!give(await decoder.decode(bytes.subarray(at, at + STEP[kind])))) return undefined;
    }
    if (decoder.flush !== undefined) give(await decoder.flush());
  } catch {
    // The decoders throw what their C code says, which means nothing to a person.
    return "is broken: it cannot be decoded.";
  }
  // A few damaged frames are heard as a crackle; when half of it is damaged, it is another thing than it says.
  if (blocks === 0 || errors > blocks) return "is broken: no sound comes out of it.";
  return undefined;
}

/** Whether a file of Ogg pages (RFC 3533 §6) ends in the middle of one. A stream that was recorded has no last page, but whole ones. */
function isCutInPage(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length && hasText(bytes, at, "OggS"); ) {
    const body = at + 27 + (bytes[at + 26] ?? 0);
    at = bytes.subarray(at + 27, body).reduce((end, segment) => end + segment, body);
    if (at > bytes.length) return true;
  }
  return false;
}

/** Bits of a sample by STREAMINFO, which comes first in a FLAC file (RFC 9639 §8.2); 0 where it is wrapped in Ogg. */
function flacBits(bytes: Uint8Array): number {
  if (!hasText(bytes, 0, "fLaC")) return 0;
  return ((((bytes[20] ?? 0) & 1) << 4) | ((bytes[21] ?? 0) >> 4)) + 1;
}
