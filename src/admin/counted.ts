/** Of fewer each question is counted anew: that takes no time that anybody could notice. */
const MANY = 1_000;
/** Of more, nobody misses the last second. */
const STANDS_MS = 1_000;

interface Count<T> {
  readonly answer: Promise<T>;
  /** When it was complete; undefined: it is being made, and whoever asks meanwhile waits for it too. */
  at: number | undefined;
  isMany: boolean;
}

/** What is counted over all rows of a day, however often it is asked for: where there are many, once a second. */
export class Counted<T> {
  readonly #wall: () => number;
  readonly #sizeOf: (answer: T) => number;
  readonly #counts = new Map<string, Count<T>>();

  /** `wall`: milliseconds since the epoch. `sizeOf`: how many rows an answer counts. */
  constructor(wall: () => number, sizeOf: (answer: T) => number) {
    this.#wall = wall;
    this.#sizeOf = sizeOf;
  }

  /** `key`: what is counted. An answer that fails is not kept. */
  async of(key: string, count: () => Promise<T>): Promise<T> {
    const known = this.#counts.get(key);
    if (known !== undefined && this.#stands(known)) return known.answer;
    this.#forgetOld();
    const made: Count<T> = { answer: count(), at: undefined, isMany: false };
    this.#counts.set(key, made);
    try {
      const answer = await made.answer;
      made.at = this.#wall();
      made.isMany = this.#sizeOf(answer) >= MANY;
      return answer;
    } finally {
      if (!made.isMany && this.#counts.get(key) === made) this.#counts.delete(key);
    }
  }

  /** What is not asked for any more. */
  #forgetOld(): void {
    for (const [key, count] of this.#counts) if (!this.#stands(count)) this.#counts.delete(key);
  }

  #stands({ at, isMany }: Count<T>): boolean {
    if (at === undefined) return true;
    const age = this.#wall() - at;
    return isMany && age >= 0 && age < STANDS_MS;
  }
}
