import type { Standing } from "../model/standing.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

/** Whoever guesses passwords, or a trunk that comes and goes, is told of so often at most. */
const TOLD_EVERY_MS = 500;
/** Who hears of any reads how all of them stand: what is left out of a batch is not missed. */
const MOST = 100;

/** Gathers what stands otherwise than before, each once, and tells of it a little later. */
export class StandingTeller {
  readonly #clock: Clock;
  readonly #tell: (standings: readonly Standing[]) => void;
  readonly #waiting = new Map<string, Standing>();
  #timer: Timer | undefined;

  constructor(clock: Clock, tell: (standings: readonly Standing[]) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  put(standing: Standing): void {
    if (this.#waiting.size >= MOST) return;
    this.#waiting.set(
      `${standing.kind} ${standing.kind === "trunk" ? standing.name : standing.extension}`,
      standing,
    );
    this.#timer ??= this.#clock.after(TOLD_EVERY_MS, () => {
      this.#timer = undefined;
      const told = [...this.#waiting.values()];
      this.#waiting.clear();
      this.#tell(told);
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
