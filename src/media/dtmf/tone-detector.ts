import { COLUMNS, digitAt, ROWS } from "./digit.ts";
import { goertzel, goertzelCoefficient } from "./goertzel.ts";

const SAMPLE_RATE = 8000;
/** One look is at 20 ms of sound, and there is one each 10 ms, so that a tone of 40 ms is seen whole at least twice. */
const WINDOW = 160;
const HOP = 80;

/** Looks in a row that make a key: two clear ones and the better part of a third, so 40 ms are enough and 20 ms are not. */
const HITS = 3;
const CLEAR_HITS = 2;
/** Looks in a row without the key that end it: 20 ms of silence in place of a lost packet spoil three. */
const MISSES = 4;

/** Share of the sound's energy that lies in the two tones. Speech has harmonics, noise is spread. */
const MIN_SHARE = 0.55;
const CLEAR_SHARE = 0.85;
/** Amplitude of the weaker tone, of 32,767: about -38 dBm0. */
const MIN_AMPLITUDE = 300;
/** The column may be 8 dB stronger than the row, the row 6 dB stronger than the column: lines damp high tones more. */
const MAX_FORWARD_TWIST = 10 ** 0.8;
const MAX_REVERSE_TWIST = 10 ** 0.6;
/** The best of each group stands out from the others of its group by this factor in power (7 dB). */
const MIN_OVER_NEIGHBOURS = 5;
/** A voice that hits a row or a column has a strong harmonic at twice that; a phone's generator has none: -10 dB. */
const MAX_SECOND_HARMONIC = 0.1;

const rowCoefficients = ROWS.map((hz) => goertzelCoefficient(hz, SAMPLE_RATE));
const columnCoefficients = COLUMNS.map((hz) => goertzelCoefficient(hz, SAMPLE_RATE));
const rowHarmonics = ROWS.map((hz) => goertzelCoefficient(2 * hz, SAMPLE_RATE));
const columnHarmonics = COLUMNS.map((hz) => goertzelCoefficient(2 * hz, SAMPLE_RATE));

/**
 * Finds in-band keys in sound of 8 kHz (ITU-T Q.23, Q.24): tones of 40 ms and longer, with pauses of 40 ms and longer. A key is
 * told once, 40 ms at the latest after it has sounded for 40 ms, and not again while it is held. Holds the last 20 ms of
 * sound; packets of any length may be put in.
 */
export class ToneDetector {
  readonly #samples = new Int16Array(WINDOW);
  #filled = 0;
  #candidate = "";
  #hits = 0;
  #clearHits = 0;
  #held = "";
  #misses = 0;

  /** Takes sound, returns the keys that it completed: mostly none. */
  put(sound: Int16Array): string {
    let found = "";
    for (let at = 0; at < sound.length; ) {
      const take = Math.min(WINDOW - this.#filled, sound.length - at);
      this.#samples.set(sound.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled < WINDOW) break;
      found += this.#look(lookAt(this.#samples));
      this.#samples.copyWithin(0, HOP);
      this.#filled = WINDOW - HOP;
    }
    return found;
  }

  /** Takes what one look saw. */
  #look({ key, clear }: Look): string {
    if (key !== this.#candidate) {
      this.#candidate = key;
      this.#hits = 0;
      this.#clearHits = 0;
    }
    this.#hits += 1;
    if (clear) this.#clearHits += 1;
    if (key !== "" && key === this.#held) {
      this.#misses = 0;
      return "";
    }
    this.#misses += 1;
    if (this.#misses >= MISSES) this.#held = "";
    if (key === "" || this.#hits < HITS || this.#clearHits < CLEAR_HITS) return "";
    this.#held = key;
    this.#misses = 0;
    return key;
  }
}

/** The key in 20 ms of sound, "" for none, and whether there is little else. */
interface Look {
  readonly key: string;
  readonly clear: boolean;
}

const NOTHING: Look = { key: "", clear: false };

function lookAt(samples: Int16Array): Look {
  let energy = 0;
  for (let at = 0; at < WINDOW; at++) energy += (samples[at] as number) ** 2;
  // A sine of amplitude A has the mean square A²/2, and `goertzel` gives A²/4.
  const meanSquare = energy / WINDOW;
  if (meanSquare < MIN_AMPLITUDE ** 2 / 2) return NOTHING;
  const row = strongest(samples, rowCoefficients);
  const column = strongest(samples, columnCoefficients);
  if (row === undefined || column === undefined) return NOTHING;
  if (Math.min(row.power, column.power) < MIN_AMPLITUDE ** 2 / 4) return NOTHING;
  const share = (2 * (row.power + column.power)) / meanSquare;
  if (share < MIN_SHARE) return NOTHING;
  if (column.power > row.power * MAX_FORWARD_TWIST) return NOTHING;
  if (row.power > column.power * MAX_REVERSE_TWIST) return NOTHING;
  if (hasHarmonic(samples, rowHarmonics[row.at] as number, row.power)) return NOTHING;
  if (hasHarmonic(samples, columnHarmonics[column.at] as number, column.power)) return NOTHING;
  return { key: digitAt(row.at, column.at), clear: share >= CLEAR_SHARE };
}

function hasHarmonic(samples: Int16Array, coefficient: number, power: number): boolean {
  return goertzel(samples, 0, WINDOW, coefficient) > MAX_SECOND_HARMONIC * power;
}

/** The frequency of a group that stands out from the others; undefined if none does. */
function strongest(
  samples: Int16Array,
  coefficients: readonly number[],
): { readonly at: number; readonly power: number } | undefined {
  let at = 0;
  let power = -1;
  let second = -1;
  for (let n = 0; n < coefficients.length; n++) {
    const here = goertzel(samples, 0, WINDOW, coefficients[n] as number);
    if (here > power) {
      second = power;
      power = here;
      at = n;
    } else if (here > second) second = here;
  }
  return power > MIN_OVER_NEIGHBOURS * second ? { at, power } : undefined;
}
