import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Clock } from "../runtime/clock.ts";

const WINDOW_MS = 60_000;

type Histogram = Pick<
  ReturnType<typeof monitorEventLoopDelay>,
  "enable" | "disable" | "percentile" | "reset"
>;

/**
 * How late the event loop is: of the time between two questions, a minute at least, so that a bad one shows after months of good ones,
 * and is over when it is over. Whoever asks within the same minute is told the same. No timer: the next question after a minute
 * begins the next one.
 */
export class LoopDelay {
  readonly #clock: Pick<Clock, "now">;
  readonly #histogram: Histogram;
  #begunAt: number;
  /** Of the minute before; undefined: there was none. */
  #kept: number | undefined;

  /** Measured where the loop turns anyway: a timer of its own would wake an idle switchboard a hundred times a second. */
  constructor(
    clock: Pick<Clock, "now">,
    histogram: Histogram = monitorEventLoopDelay({ samplePerIteration: true }),
  ) {
    this.#clock = clock;
    this.#histogram = histogram;
    this.#begunAt = clock.now();
  }

  enable(): void {
    this.#histogram.enable();
  }

  disable(): void {
    this.#histogram.disable();
  }

  /** Seconds that 99 of 100 turns were within. */
  p99Seconds(): number {
    const now = this.#clock.now();
    if (now - this.#begunAt >= WINDOW_MS) {
      this.#kept = this.#histogram.percentile(99) / 1e9;
      this.#histogram.reset();
      this.#begunAt = now;
    }
    return this.#kept ?? this.#histogram.percentile(99) / 1e9;
  }
}
