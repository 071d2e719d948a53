import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { hasText } from "./sniff.ts";

/** How samples are written: whole numbers, IEEE floats, or the two logarithmic laws of G.711. */
export type SampleForm = "pcm" | "float" | "alaw" | "ulaw";

/** A WAV file's sound: where it lies and how to read it. */
export interface WavFormat {
  readonly form: SampleForm;
  readonly channels: number;
  /** Frames (one sample of each channel) a second. */
  readonly rate: number;
  /** Bits that one sample takes, padding included. */
  readonly bits: number;
  /** First octet of the samples, and how many octets of whole frames there are. */
  readonly dataAt: number;
  readonly dataLength: number;
}

/** Format tags of RIFF WAVE, with the widths that are read here. */
const FORMS: Readonly<Record<number, { readonly form: SampleForm; readonly bits: readonly number[] }>> = {
  1: { form: "pcm", bits: [8, 16, 24, 32] },
  3: { form: "float", bits: [32, 64] },
  6: { form: "alaw", bits: [8] },
  7: { form: "ulaw", bits: [8] },
};
const EXTENSIBLE = 0xfffe;
/** More than any file that is taken: who wrote it did not know the length, as when a program writes to a pipe; 0 is the same. */
const UNKNOWN_LENGTH = 0x0800_0000;
/** What may be missing of the length that a file claims, s: writers count headers and chunks behind it in. */
const MISCOUNTED_SECONDS = 0.05;
const MOST_PARTS = 1000;
const MAX_CHANNELS = 8;
const MIN_RATE = 4000;
const MAX_RATE = 192_000;

/**
 * Finds the sound in a WAV file: in one part, or in several where it has more `data` chunks or is two files behind each other.
 * Nothing that its headers say is believed before it was compared with the octets that are there; an error is a sentence
 * without the file's name ("is cut off: …").
 */
export function readWavFormats(bytes: Uint8Array): Result<readonly WavFormat[], string> {
  const parts: WavFormat[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Omit<WavFormat, "dataAt" | "dataLength"> | undefined;
  // Chunks: four letters, a length, as many octets, and one more where the length is odd.
  for (let at = 12; at + 8 <= bytes.length && parts.length < MOST_PARTS; ) {
    if (hasText(bytes, at, "RIFF") && hasText(bytes, at + 8, "WAVE")) {
      at += 12;
      continue;
    }
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (hasText(bytes, at, "fmt ")) {
      const read = readFormat(view, body, length);
      if (!read.ok) return parts.length > 0 ? ok(parts) : read;
      format = read.value;
    }
    if (hasText(bytes, at, "data")) {
      if (format === undefined) return err("is broken: its sound comes before the description of it.");
      const isAll = isTooShort(view, body, length);
      const read = readData(format, body, isAll ? 0 : length, bytes.length - body);
      // What is wrong behind sound that is there is left out.
      if (!read.ok) return parts.length > 0 ? ok(parts) : read;
      parts.push(read.value);
      if (isAll || length === 0 || length >= UNKNOWN_LENGTH) break;
    }
    at = body + length + (length % 2);
  }
  return parts.length > 0 ? ok(parts) : err("is broken: there is no sound in it.");
}

/**
 * Whether sound goes on behind the length that its chunk claims: no chunk follows there, and the file as a whole claims to be that
 * long, or most of it lies there. Rubbish that somebody has put behind a file is not heard.
 */
function isTooShort(view: DataView, body: number, length: number): boolean {
  const end = body + length;
  const next = end + (length % 2);
  const behind = view.byteLength - next;
  if (length === 0 || behind < 8) return false;
  // Some writers leave the octet out that an odd length needs.
  const isChunk =
    isId(view, next) || (isId(view, end) && end + 8 + view.getUint32(end + 4, true) <= view.byteLength);
  return !isChunk && (8 + view.getUint32(4, true) > next + 8 || behind > length);
}

function isId(view: DataView, at: number): boolean {
  return [0, 1, 2, 3].every((letter) => {
    const octet = view.getUint8(at + letter);
    return octet >= 0x20 && octet <= 0x7e;
  });
}

function readFormat(
  view: DataView,
  at: number,
  length: number,
): Result<Omit<WavFormat, "dataAt" | "dataLength">, string> {
  if (length < 16 || at + 16 > view.byteLength) return err("is broken: its format is cut off.");
  const declared = view.getUint16(at, true);
  // The tag of an extensible format is the first half-word of its GUID.
  const isExtensible = declared === EXTENSIBLE && length >= 26 && at + 26 <= view.byteLength;
  const tag = isExtensible ? view.getUint16(at + 24, true) : declared;
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const frame = view.getUint16(at + 12, true);
  const known = FORMS[tag];
  if (known === undefined) {
    return err(
      `is WAV with samples in a form that cannot be read here (format ${tag}). Save it as PCM, 16 bits.`,
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS) return err(`has ${channels} channels; it may have 1 to 8.`);
  if (rate < MIN_RATE || rate > MAX_RATE)
    return err(`has ${rate} samples a second; it may have 4,000 to 192,000.`);
  const bits = sampleBits(view, at, { channels, rate, frame, known: known.bits });
  if (!known.bits.includes(bits)) return err(`has samples of ${bits} bits, which cannot be read here.`);
  return ok({ form: known.form, channels, rate, bits });
}

/**
 * Bits that a sample takes. The size of a frame says it, padding included; a wrong one would make noise of all samples, so where
 * the width in bits says another thing, the octets a second tell who is right.
 */
function sampleBits(
  view: DataView,
  at: number,
  {
    channels,
    rate,
    frame,
    known,
  }: Readonly<Record<"channels" | "rate" | "frame", number>> & { readonly known: readonly number[] },
): number {
  const byFrame = (frame / channels) * 8;
  const byWidth = Math.ceil(view.getUint16(at + 14, true) / 8) * 8;
  const isFrameRight = view.getUint32(at + 8, true) === rate * frame;
  return known.includes(byWidth) && (!known.includes(byFrame) || !isFrameRight) ? byWidth : byFrame;
}

function readData(
  format: Omit<WavFormat, "dataAt" | "dataLength">,
  dataAt: number,
  declared: number,
  present: number,
): Result<WavFormat, string> {
  const isKnown = declared > 0 && declared < UNKNOWN_LENGTH;
  const frame = (format.channels * format.bits) / 8;
  const inSeconds = (octets: number): string => `${(octets / frame / format.rate).toFixed(1)} s`;
  if (isKnown && (declared - present) / frame > MISCOUNTED_SECONDS * format.rate) {
    return err(`is cut off: it should be ${inSeconds(declared)} long, and ${inSeconds(present)} are there.`);
  }
  const length = isKnown ? Math.min(declared, present) : present;
  const dataLength = length - (length % frame);
  return dataLength === 0 ? err("holds no sound: it is 0 s long.") : ok({ ...format, dataAt, dataLength });
}
