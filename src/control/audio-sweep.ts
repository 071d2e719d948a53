import { reasonOf } from "../lib/failure.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

const SWEEP_EVERY_MS = 3_600_000;

export interface AudioSweepParts {
  readonly clock: Clock;
  /** Deletes what is out of use, in turn with changes, so that nothing goes that one of them is about to refer to. */
  sweep(): Promise<unknown>;
  warn(text: string): void;
}

/** Deletes sound that is out of use, every hour from its beginning on. */
export class AudioSweep {
  readonly #parts: AudioSweepParts;
  #timer: Timer | undefined;
  #stopping = false;

  constructor(parts: AudioSweepParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#in(0);
  }

  stop(): void {
    this.#stopping = true;
    this.#timer?.cancel();
  }

  #in(delayMs: number): void {
    if (!this.#stopping) this.#timer = this.#parts.clock.after(delayMs, () => void this.#sweep());
  }

  async #sweep(): Promise<void> {
    try {
      await this.#parts.sweep();
    } catch (error) {
      this.#parts.warn(`Old sound could not be deleted: ${reasonOf(error)}.`);
    }
    this.#in(SWEEP_EVERY_MS);
  }
}
