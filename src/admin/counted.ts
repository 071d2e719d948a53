/** Of fewer each question is counted anew: that takes no time that anybody could notice. */
const MANY = 1_000;
/** Of more, nobody misses the last second; and what takes longer to count stands longer, so that counting never takes much of the time. */
const STANDS_MS = 1_000;
/** So long for each row, up to a limit: 10,000 rows are counted every 5 s. */
const ROW_STANDS_MS = 0.5;
const MOST_MS = 10_000;

interface Count<T> {
  readonly answer: Promise<T>;
  /** When it was complete; undefined: it is being made, and whoever asks meanwhile waits for it too. */
  at: number | undefined;
  /** How long it stands then; 0: it is counted anew. */
  standsMs: number;
}

/** What is counted over all rows of a day, however often it is asked for: where there are many, once a second, or seldom where there are very many. */
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
    const made: Count<T> = { answer: count(), at: undefined, standsMs: 0 };
    this.#counts.set(key, made);
    try {
      const answer = await made.answer;
      made.at = this.#wall();
      made.standsMs = standsMs(this.#sizeOf(answer));
      return answer;
    } finally {
      if (made.standsMs === 0 && this.#counts.get(key) === made) this.#counts.delete(key);
    }
  }

  /** What is not asked for any more. */
  #forgetOld(): void {
    for (const [key, count] of this.#counts) if (!this.#stands(count)) this.#counts.delete(key);
  }

  #stands({ at, standsMs: most }: Count<T>): boolean {
    if (at === undefined) return true;
    const age = this.#wall() - at;
    return age >= 0 && age < most;
  }
}

function standsMs(rows: number): number {
  return rows < MANY ? 0 : Math.min(MOST_MS, Math.max(STANDS_MS, rows * ROW_STANDS_MS));
}
