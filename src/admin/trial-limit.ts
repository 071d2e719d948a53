import { err, ok, type Result } from "../lib/result.ts";
import { type Allowance, Spending } from "../lib/spending.ts";

/** Requests that trials of webhooks and simulations make together (docs/adr/0081): so few at once, and in a minute. */
export const TRIALS = { atOnce: 4, perMinute: 30 } as const;
const PER_MINUTE: Allowance = { units: TRIALS.perMinute, windowMs: 60_000 };

/** Lets through requests at receivers of others that no call makes. */
export class TrialLimit {
  readonly #spent = new Spending();
  readonly #monotonicMs: () => number;
  #running = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** Does it where that is within the limit. */
  async take<Value>(ask: () => Promise<Value>): Promise<Result<Value, "busy" | "tooMany">> {
    if (this.#running >= TRIALS.atOnce) return err("busy");
    if (!this.#spent.within(PER_MINUTE, 1, this.#monotonicMs())) return err("tooMany");
    this.#running += 1;
    try {
      return ok(await ask());
    } finally {
      this.#running -= 1;
    }
  }
}
