import { GenerationCache } from "../../../lib/generation-cache.ts";

interface Count {
  value: number;
  at: number;
}

/** More is not counted: who comes to his senses after hours of guessing is quiet again as soon as any other. */
const MAX_COUNT = 20;

/** Counts by key that leak away: how many attempts failed here lately. Bounded; what was silent longest goes. */
export class Loudness {
  readonly #leakMs: number;
  readonly #counts: GenerationCache<string, Count>;

  /** `leakMs`: one attempt is forgotten each so often. */
  constructor(leakMs: number, capacity: number) {
    this.#leakMs = leakMs;
    this.#counts = new GenerationCache(capacity);
  }

  get size(): number {
    return this.#counts.size;
  }

  of(key: string, now: number): number {
    const count = this.#counts.get(key);
    return count === undefined ? 0 : Math.max(0, count.value - (now - count.at) / this.#leakMs);
  }

  add(key: string, now: number): void {
    const value = Math.min(MAX_COUNT, this.of(key, now) + 1);
    const count = this.#counts.get(key);
    if (count === undefined) {
      this.#counts.set(key, { value, at: now });
      return;
    }
    count.value = value;
    count.at = now;
  }

  clear(): void {
    this.#counts.clear();
  }
}
