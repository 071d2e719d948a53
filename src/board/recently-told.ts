import { GenerationCache } from "../lib/generation-cache.ts";
import type { Clock } from "../runtime/clock.ts";

/** About the same thing nobody is told again for so long. */
const QUIET_MS = 10 * 60_000;
/** Things of which it is known when somebody was told. */
const MAX_TOLD = 4096;

/** Of which things somebody has been told lately, so that an alert that goes on is no flood of alerts. */
export class RecentlyTold {
  readonly #clock: Clock;
  readonly #at = new GenerationCache<string, number>(MAX_TOLD);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is time to tell of this; it counts as told then. */
  isDue(about: string): boolean {
    const now = this.#clock.now();
    if (now - (this.#at.get(about) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return false;
    this.#at.set(about, now);
    return true;
  }
}
