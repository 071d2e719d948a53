/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const CROSSINGS = 48;
/** Kaiser window: some 80 dB down outside. */
const BETA = 8;
/**
 * Where the filter is 6 dB down, as a part of the lower Nyquist frequency: with 48 crossings and this window the slope
 * ends at the Nyquist frequency itself, so that nothing above it folds back.
 */
const CUTOFF = 0.945;

/**
 * Changes the sample rate of one channel, block by block: a windowed sinc, exact for every pair of whole rates
 * (polyphase, no interpolation between phases). Output n stands at input time n · from / to; all in all there are
 * ⌈samples · to / from⌉ of them.
 */
export class Resampler {
  /** The rates divided by what they have in common: `up` phases, `down` of them a step. */
  readonly #up: number;
  readonly #down: number;
  /** Taps on each side of an output. */
  readonly #reach: number;
  /** `up` rows of 2 · reach coefficients. */
  readonly #rows: Float32Array;
  #waiting: Float32Array;
  /** Input samples so far, and outputs so far. */
  #taken = 0;
  #given = 0;
  /** Input time of the first waiting sample. */
  #base: number;

  constructor(from: number, to: number) {
    const common = greatestCommonDivisor(from, to);
    this.#up = to / common;
    this.#down = from / common;
    const stretch = Math.max(1, from / to);
    this.#reach = Math.ceil(CROSSINGS * stretch);
    this.#rows = coefficients(this.#up, this.#reach, CUTOFF / stretch, CROSSINGS * stretch);
    // Silence before the first sample.
    this.#base = 1 - this.#reach;
    this.#waiting = new Float32Array(this.#reach - 1);
  }

  /** The outputs that these samples complete. */
  push(samples: Float32Array): Float32Array {
    this.#taken += samples.length;
    return this.#run(samples, Number.POSITIVE_INFINITY);
  }

  /** The outputs that are left when nothing comes any more. */
  flush(): Float32Array {
    return this.#run(new Float32Array(this.#reach), Math.ceil((this.#taken * this.#up) / this.#down));
  }

  #run(samples: Float32Array, until: number): Float32Array {
    const input = new Float32Array(this.#waiting.length + samples.length);
    input.set(this.#waiting);
    input.set(samples, this.#waiting.length);
    const [up, down, reach, width, rows] = [this.#up, this.#down, this.#reach, 2 * this.#reach, this.#rows];
    // An output at input time t needs the samples t - reach + 1 … t + reach.
    const last = Math.floor(((this.#base + input.length - reach) * up - 1) / down);
    const end = Math.min(until, Math.max(this.#given, last + 1));
    const output = new Float32Array(end - this.#given);
    for (let index = 0; index < output.length; index++) {
      const position = (this.#given + index) * down;
      const row = (position % up) * width;
      const first = Math.floor(position / up) - reach + 1 - this.#base;
      let sum = 0;
      for (let tap = 0; tap < width; tap++)
        sum += (input[first + tap] as number) * (rows[row + tap] as number);
      output[index] = sum;
    }
    this.#given = end;
    const keepFrom = Math.max(0, Math.floor((end * down) / up) - reach + 1 - this.#base);
    this.#waiting = input.slice(keepFrom);
    this.#base += keepFrom;
    return output;
  }
}

function coefficients(up: number, reach: number, cutoff: number, width: number): Float32Array {
  const rows = new Float32Array(up * 2 * reach);
  for (let phase = 0; phase < up; phase++) {
    const row = rows.subarray(phase * 2 * reach, (phase + 1) * 2 * reach);
    let sum = 0;
    for (let tap = 0; tap < row.length; tap++) {
      const time = tap - reach + 1 - phase / up;
      const value = cutoff * sinc(cutoff * time) * kaiser(time / width);
      row[tap] = value;
      sum += value;
    }
    // Each phase passes a constant as it is; else their small differences would be heard as a tone.
    for (let tap = 0; tap < row.length; tap++) row[tap] = (row[tap] ?? 0) / sum;
  }
  return rows;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser window at -1 … 1. */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
