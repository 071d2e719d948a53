/** How many legs one call may make, so that a plan or a chain of redirections cannot flood anybody. */
export class LegBudget {
  static readonly atOnce = 20;
  static readonly inAll = 60;
  #made = 0;
  #live = 0;

  /** Number of the next leg, or undefined where the budget is spent. */
  take(): number | undefined {
    if (this.#live >= LegBudget.atOnce || this.#made >= LegBudget.inAll) return undefined;
    this.#live += 1;
    this.#made += 1;
    return this.#made;
  }

  giveBack(): void {
    this.#live -= 1;
  }
}
