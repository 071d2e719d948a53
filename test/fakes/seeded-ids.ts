import type { Ids } from "../../src/runtime/ids.ts";

/** A reproducible stream of 32-bit numbers (mulberry32): good enough to shuffle, never to keep a secret. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }
}

/** Ids that repeat from run to run for the same seed. */
export function seededIds(seed = 1): Ids {
  const random = new SeededRandom(seed);
  return {
    hex(bits) {
      let text = "";
      while (text.length < bits / 4) text += random.uint32().toString(16).padStart(8, "0");
      return text.slice(0, bits / 4);
    },
    integer: (below) => random.uint32() % below,
  };
}
