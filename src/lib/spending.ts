/** How much may be spent in each window of time. */
export interface Allowance {
  readonly units: number;
  readonly windowMs: number;
  /**
   * Of how many windows before what was not spent may be spent now; 0 when left out. What comes in while this process does
   * not get to read waits in a socket, and all of it is there at once: the sender has kept its rate all the same.
   */
  readonly savedWindows?: number;
}

/** What one party has spent in its present window. The first expense after a window's end begins the next one. */
export class Spending {
  #startedAt = Number.NEGATIVE_INFINITY;
  /** Below 0: what has been saved and is not spent yet. */
  #spent = 0;

  /** What was spent in the window of the latest expense. */
  get spent(): number {
    return this.#spent;
  }

  /** Adds an expense, refused ones too; whether it is within the allowance. `now` in ms. */
  within({ units, windowMs, savedWindows = 0 }: Allowance, cost: number, now: number): boolean {
    const passed = now - this.#startedAt;
    if (passed >= windowMs) {
      const unspent = Math.max(0, units - this.#spent) + (Math.floor(passed / windowMs) - 1) * units;
      this.#startedAt = now;
      this.#spent = -Math.min(savedWindows * units, unspent);
    }
    this.#spent += cost;
    return this.#spent <= units;
  }
}
