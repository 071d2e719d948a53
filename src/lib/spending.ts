/** How much may be spent in each window of time. */
export interface Allowance {
  readonly units: number;
  readonly windowMs: number;
}

/** What one party has spent in its present window. The first expense after a window's end begins the next one. */
export class Spending {
  #startedAt = Number.NEGATIVE_INFINITY;
  #spent = 0;

  /** What was spent in the window of the latest expense. */
  get spent(): number {
    return this.#spent;
  }

  /** Adds an expense, refused ones too; all that has been spent in this window. `now` in ms. */
  add(windowMs: number, units: number, now: number): number {
    if (now - this.#startedAt >= windowMs) {
      this.#startedAt = now;
      this.#spent = 0;
    }
    this.#spent += units;
    return this.#spent;
  }

  /** Adds an expense; whether it is within the allowance. */
  within({ units, windowMs }: Allowance, cost: number, now: number): boolean {
    return this.add(windowMs, cost, now) <= units;
  }
}
