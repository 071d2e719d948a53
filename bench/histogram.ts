/**
 * Many durations in little memory: steps of 10 µs up to 2 s, everything above counts as the last. A run of the sound
 * benchmark has millions of them.
 */
export class Histogram {
  static readonly #STEP_MS = 0.01;
  static readonly #STEPS = 200_000;
  readonly #counts = new Uint32Array(Histogram.#STEPS);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** The longest, in milliseconds; NaN when there is none. */
  get max(): number {
    return this.#count === 0 ? Number.NaN : this.#max;
  }

  /** Adds one, in milliseconds; a negative one, which clocks may yield, counts as 0. */
  add(ms: number): void {
    const step = Math.min(Histogram.#STEPS - 1, Math.max(0, Math.floor(ms / Histogram.#STEP_MS)));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#max) this.#max = ms;
  }

  /** The duration that `percent` of all do not exceed, rounded up to a step, in milliseconds; NaN when there is none. */
  percentile(percent: number): number {
    if (this.#count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil((this.#count * percent) / 100));
    let seen = 0;
    for (let step = 0; step < Histogram.#STEPS; step++) {
      seen += this.#counts[step] ?? 0;
      if (seen >= wanted) return Math.min((step + 1) * Histogram.#STEP_MS, this.#max);
    }
    return this.#max;
  }

  summary(): Summary {
    return {
      count: this.#count,
      p50: this.percentile(50),
      p99: this.percentile(99),
      max: this.max,
    };
  }
}

/** What is told of a histogram, in milliseconds; NaN (in JSON: null) where there was nothing. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
