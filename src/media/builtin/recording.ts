import type { AudioCodec } from "../codec/codec.ts";
import { FRAME_OCTETS } from "../codec/codec.ts";
import { digitTone, ToneGenerator, type ToneSegment } from "../dtmf/tone-generator.ts";
import { type Convert, converter, encoder, silentOctet } from "./convert.ts";
import { countryTone } from "./country-tones.ts";

/** Sound as octets of a codec. */
export interface Recording {
  readonly codec: AudioCodec;
  readonly octets: Uint8Array;
  /** Once, or again and again. */
  readonly repeat: boolean;
}

/** More recordings that follow each other are not kept: as many as keys may come at once (docs/adr/0021). */
const MOST_APPENDED = 32;

/** Reads a recording, and those that follow it, frame by frame, in the codec of who hears it. */
export class RecordingReader {
  #recording: Recording;
  readonly #appended: Recording[] = [];
  #convert: Convert | undefined;
  readonly #silent: number;
  #at = 0;

  constructor(recording: Recording, codec: AudioCodec) {
    this.#recording = recording;
    this.#convert = converter(recording.codec, codec);
    this.#silent = silentOctet(recording.codec);
  }

  /** The codec of who hears it has changed. */
  retune(codec: AudioCodec): void {
    this.#convert = converter(this.#recording.codec, codec);
  }

  /** Another one of the same codec, to be read behind it. */
  append(recording: Recording): void {
    if (this.#appended.length < MOST_APPENDED) this.#appended.push(recording);
  }

  /** Fills 20 ms; false when there is nothing more. The last frame is filled up with silence. */
  next(into: Uint8Array): boolean {
    if (!this.#recording.repeat && this.#at >= this.#recording.octets.length) {
      const appended = this.#appended.shift();
      if (appended === undefined) return false;
      this.#recording = appended;
      this.#at = 0;
    }
    const { octets, repeat } = this.#recording;
    if (octets.length === 0) return false;
    for (let filled = 0; filled < FRAME_OCTETS; ) {
      if (this.#at >= octets.length) {
        if (!repeat) {
          into.fill(this.#silent, filled);
          break;
        }
        this.#at = 0;
      }
      const take = Math.min(FRAME_OCTETS - filled, octets.length - this.#at);
      into.set(octets.subarray(this.#at, this.#at + take), filled);
      filled += take;
      this.#at += take;
    }
    this.#convert?.(into);
    return true;
  }
}

/** A key that is regenerated sounds this long, and so long is silence behind it, so that the next can be told from it, ms. */
const DIGIT_MS = 100;
const BETWEEN_DIGITS_MS = 60;

/**
 * Tones, each made once and kept: there are as many as countries, kinds, keys and codecs, the longest has 6 s, and an
 * installation uses those of one country.
 */
export class ToneRecordings {
  readonly #made = new Map<string, Recording>();

  tone(country: string, kind: "ringback" | "busy" | "hold", codec: AudioCodec): Recording {
    // Of a country that does not exist the code could be anything: it shares those of no country.
    const known = /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : "";
    return this.#once(`${known} ${kind} ${codec}`, () => {
      const { segments, level } = countryTone(known, kind);
      return { ...rendered(segments, new ToneGenerator(segments, level, false), codec), repeat: true };
    });
  }

  /** Undefined if it is no key. */
  digit(digit: string, codec: AudioCodec): Recording | undefined {
    const generator = digitTone(digit, DIGIT_MS);
    if (generator === undefined) return undefined;
    return this.#once(`${digit} ${codec}`, () => ({
      ...rendered([{ frequencies: [], ms: DIGIT_MS + BETWEEN_DIGITS_MS }], generator, codec),
      repeat: false,
    }));
  }

  #once(key: string, make: () => Recording): Recording {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#made.set(key, made);
    return made;
  }
}

function rendered(
  segments: readonly ToneSegment[],
  generator: ToneGenerator,
  codec: AudioCodec,
): { readonly codec: AudioCodec; readonly octets: Uint8Array } {
  const samples = new Int16Array(segments.reduce((sum, { ms }) => sum + ms * 8, 0));
  generator.write(samples);
  const octets = new Uint8Array(samples.length);
  encoder(codec)(samples, octets);
  return { codec, octets };
}
