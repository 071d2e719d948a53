import { COLUMNS, digitAt, ROWS, type ToneGroup } from "./digit.ts";
import { type FourCoefficients, goertzel, goertzelCoefficient, goertzelOfFour } from "./goertzel.ts";

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

/**
 * ITU-T Q.24 takes tones up to 1.5 % off pitch and refuses those that are 3.5 % off: the line is drawn between. Twenty
 * milliseconds tell a frequency to a fraction of a percent where little else sounds.
 */
const MAX_OFF = 0.02;
/** So far off pitch phones commonly are. */
const NEARLY_RIGHT = 0.009;
/** A generator stays where it is; a voice glides. From one look to the next, as a share. */
const MAX_WANDER = 0.006;
/** Where around a frequency its power is looked at; the top of a parabola through the three best is where the tone is. */
const OFFSET_STEP = 0.009;
const OFFSETS: readonly number[] = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((step) => step * OFFSET_STEP);
/** What the group's own frequency still has of a tone that is so far off pitch: of 1,633 Hz, a half. */
const MOST_LOST = 0.45;

const coefficientsOf = (group: ToneGroup): FourCoefficients => {
  const [a, b, c, d] = group;
  const of = (hz: number): number => goertzelCoefficient(hz, SAMPLE_RATE);
  return [of(a), of(b), of(c), of(d)];
};
const rowCoefficients = coefficientsOf(ROWS);
const columnCoefficients = coefficientsOf(COLUMNS);
const around = (hz: number): readonly number[] =>
  OFFSETS.map((offset) => goertzelCoefficient(hz * (1 + offset), SAMPLE_RATE));
const aroundRows = ROWS.map(around);
const aroundColumns = COLUMNS.map(around);

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
  #rowOff = 0;
  #columnOff = 0;
  #held = "";
  #misses = 0;

  /** A key sounds that has been told. */
  get isHeld(): boolean {
    return this.#held !== "" && this.#misses === 0;
  }

  /** A key that was told sounds, or has been missing for so short a time that it is the same when it comes again. */
  get mayGoOn(): boolean {
    return this.#held !== "";
  }

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
  #look({ key, clear, rowOff, columnOff }: Look): string {
    const isSteady =
      Math.abs(rowOff - this.#rowOff) < MAX_WANDER && Math.abs(columnOff - this.#columnOff) < MAX_WANDER;
    this.#rowOff = rowOff;
    this.#columnOff = columnOff;
    if (key !== this.#candidate || !isSteady) {
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

/** A tone of a group: which one, its own frequency, and its power there. */
interface Tone {
  readonly at: number;
  /** How far it is off pitch, as a share. */
  readonly off: number;
  readonly hz: number;
  readonly power: number;
}

/** The key in 20 ms of sound, "" for none, and whether there is little else. */
interface Look {
  readonly key: string;
  readonly clear: boolean;
  /** How far the two tones are off pitch, as a share. */
  readonly rowOff: number;
  readonly columnOff: number;
}

const NOTHING: Look = { key: "", clear: false, rowOff: 0, columnOff: 0 };

function lookAt(samples: Int16Array): Look {
  let energy = 0;
  for (let at = 0; at < WINDOW; at++) energy += (samples[at] as number) ** 2;
  // A sine of amplitude A has the mean square A²/2, and `goertzel` gives A²/4.
  const meanSquare = energy / WINDOW;
  if (meanSquare < MIN_AMPLITUDE ** 2 / 2) return NOTHING;
  const nearRow = strongest(samples, rowCoefficients);
  const nearColumn = strongest(samples, columnCoefficients);
  // Most of speech ends here, before what is dear.
  if ((2 * (nearRow.power + nearColumn.power)) / meanSquare < MIN_SHARE * MOST_LOST) return NOTHING;
  const row = refined(samples, nearRow, ROWS, aroundRows);
  if (row === undefined) return NOTHING;
  const column = refined(samples, nearColumn, COLUMNS, aroundColumns);
  if (column === undefined) return NOTHING;
  if (Math.min(row.power, column.power) < MIN_AMPLITUDE ** 2 / 4) return NOTHING;
  const share = (2 * (row.power + column.power)) / meanSquare;
  if (share < MIN_SHARE) return NOTHING;
  if (column.power > row.power * MAX_FORWARD_TWIST) return NOTHING;
  if (row.power > column.power * MAX_REVERSE_TWIST) return NOTHING;
  if (isOctave(row, column) ?? hasHarmonic(samples, row)) return NOTHING;
  if (hasHarmonic(samples, column)) return NOTHING;
  const clear = share >= CLEAR_SHARE;
  // Further off, where only poor phones are, a voice gets no benefit of the doubt.
  if (!clear && Math.max(Math.abs(row.off), Math.abs(column.off)) > NEARLY_RIGHT) return NOTHING;
  return { key: digitAt(row.at, column.at), clear, rowOff: row.off, columnOff: column.off };
}

/**
 * Of 2, 6 and C the column is near twice the row, and hides what would sound there: where it is just that, it is a voice's
 * harmonic itself. Undefined: it is not near.
 */
function isOctave(row: Tone, column: Tone): boolean | undefined {
  const apart = Math.abs(column.hz - 2 * row.hz);
  return apart > HIDES_WITHIN_HZ ? undefined : apart < MAX_OCTAVE_OFF * column.hz;
}

/** What 20 ms cannot tell apart: one and a half of 50 Hz. */
const HIDES_WITHIN_HZ = 75;
/** A true key that is 1.5 % off pitch in both tones is 1.2 % off the octave. */
const MAX_OCTAVE_OFF = 0.008;

function hasHarmonic(samples: Int16Array, { hz, power }: Tone): boolean {
  const coefficient = goertzelCoefficient(2 * hz, SAMPLE_RATE);
  return goertzel(samples, 0, WINDOW, coefficient) > MAX_SECOND_HARMONIC * power;
}

/** The frequency of a group with the most power, and how much the next one has. */
interface Strongest {
  readonly at: number;
  readonly power: number;
  readonly second: number;
}

/** Powers of a group's four frequencies. One for all: looked at and forgotten. */
const powers = new Float64Array(4);

function strongest(samples: Int16Array, coefficients: FourCoefficients): Strongest {
  goertzelOfFour(samples, coefficients, powers);
  let at = 0;
  let power = -1;
  let second = -1;
  for (let n = 0; n < powers.length; n++) {
    const here = powers[n] as number;
    if (here > power) {
      second = power;
      power = here;
      at = n;
    } else if (here > second) second = here;
  }
  return { at, power, second };
}

/** The tone near a frequency of a group; undefined if it is too far off pitch, or does not stand out from the others. */
function refined(
  samples: Int16Array,
  { at, second }: Strongest,
  group: readonly number[],
  surroundings: readonly (readonly number[])[],
): Tone | undefined {
  const nearby = (surroundings[at] ?? []).map((coefficient) => goertzel(samples, 0, WINDOW, coefficient));
  const best = nearby.indexOf(Math.max(...nearby));
  const [before, top, after] = [nearby[best - 1], nearby[best] ?? 0, nearby[best + 1]];
  if (before === undefined || after === undefined) return undefined;
  const bend = before - 2 * top + after;
  const shift = bend === 0 ? 0 : (before - after) / (2 * bend);
  const off = (OFFSETS[best] ?? 0) + shift * OFFSET_STEP;
  const power = top - ((before - after) * shift) / 4;
  if (Math.abs(off) > MAX_OFF || power <= MIN_OVER_NEIGHBOURS * second) return undefined;
  return { at, off, hz: (group[at] ?? 0) * (1 + off), power };
}
