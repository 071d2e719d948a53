/** Chance that is the same for the same seed: Mulberry32, small and even. */
export class Luck {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 to 1, the latter not included. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** True in this share of the cases. */
  has(share: number): boolean {
    return this.next() < share;
  }
}
