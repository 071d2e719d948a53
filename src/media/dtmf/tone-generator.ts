import { frequenciesOf } from "./digit.ts";

/** A stretch of sound: one or more sines together, or silence where there is no frequency. */
export interface ToneSegment {
  /** Hz. */
  readonly frequencies: readonly number[];
  /** Infinity: without end. */
  readonly ms: number;
}

const SAMPLE_RATE = 8000;
/** Amplitude of 0 dBm0: full scale of G.711 is +3.14 dBm0. */
const ZERO_DBM0 = 32124 / 10 ** (3.14 / 20);

/** Makes sound of 8 kHz from segments that follow each other, again and again where `repeat`. Never clips. */
export class ToneGenerator {
  readonly #segments: readonly ToneSegment[];
  readonly #amplitude: number;
  readonly #repeat: boolean;
  #segment = 0;
  /** Samples since the segment began. */
  #sample = 0;

  /** `levelDbm0`: of each sine. At least one segment must last. */
  constructor(segments: readonly ToneSegment[], levelDbm0: number, repeat: boolean) {
    this.#segments = segments;
    this.#amplitude = ZERO_DBM0 * 10 ** (levelDbm0 / 20);
    this.#repeat = repeat;
  }

  /** Fills `into`; false once there is nothing more (what remains of `into` is silent). */
  write(into: Int16Array): boolean {
    for (let at = 0; at < into.length; at++) {
      const segment = this.#current();
      if (segment === undefined) {
        into.fill(0, at);
        return at > 0;
      }
      into[at] = this.#sampleOf(segment);
      this.#sample += 1;
    }
    return true;
  }

  #current(): ToneSegment | undefined {
    // Each turn ends one segment; a plan whose segments are all empty ends after one round.
    for (let turns = 0; turns <= this.#segments.length; turns++) {
      const segment = this.#segments[this.#segment];
      if (segment === undefined) return undefined;
      if (this.#sample < (segment.ms * SAMPLE_RATE) / 1000) return segment;
      this.#sample = 0;
      this.#segment += 1;
      if (this.#repeat && this.#segment === this.#segments.length) this.#segment = 0;
    }
    return undefined;
  }

  #sampleOf({ frequencies }: ToneSegment): number {
    let sum = 0;
    for (const hz of frequencies) sum += Math.sin((2 * Math.PI * hz * this.#sample) / SAMPLE_RATE);
    return Math.max(-32768, Math.min(32767, Math.round(sum * this.#amplitude)));
  }
}

/** Level of each of the two tones of a key, dBm0. */
const DIGIT_LEVEL = -9;

/** The tone of a key; undefined if it is none. */
export function digitTone(digit: string, ms: number): ToneGenerator | undefined {
  const frequencies = frequenciesOf(digit);
  return frequencies && new ToneGenerator([{ frequencies, ms }], DIGIT_LEVEL, false);
}
