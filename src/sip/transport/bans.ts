import { sourceKey } from "../../lib/source-key.ts";

/**
 * Sources that are refused for some time: by address, in IPv6 by /64. Kept apart from all counts: only proven addresses
 * get in, so that a flood from forged ones cannot push a ban out.
 */
export class Bans {
  readonly #max: number;
  readonly #until = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#until.size;
  }

  /** A shorter ban does not shorten a longer one. Times in ms. */
  add(address: string, durationMs: number, now: number): void {
    const key = sourceKey(address);
    const until = Math.max(this.#until.get(key) ?? 0, now + durationMs);
    this.#until.delete(key);
    if (this.#until.size >= this.#max) this.#forget(now);
    this.#until.set(key, until);
  }

  lift(address: string): void {
    this.#until.delete(sourceKey(address));
  }

  has(address: string, now: number): boolean {
    if (this.#until.size === 0) return false;
    const key = sourceKey(address);
    const until = this.#until.get(key);
    if (until === undefined) return false;
    if (until > now) return true;
    this.#until.delete(key);
    return false;
  }

  /** Who is banned, and until when on the clock of `now`. */
  list(now: number): readonly { readonly address: string; readonly until: number }[] {
    return Array.from(this.#until, ([address, until]) => ({ address, until })).filter(
      ({ until }) => until > now,
    );
  }

  /** Makes room: first the bans that are over, then the oldest. */
  #forget(now: number): void {
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
    for (const key of this.#until.keys()) {
      if (this.#until.size < this.#max) return;
      this.#until.delete(key);
    }
  }
}
