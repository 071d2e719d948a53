/**
 * How often a lane lets a password be looked at: `burst` at once, then one each `everyMs`, and over longer times
 * no more than `total` and one each `refillMs`. Both hold at the same time, so the pace falls.
 */
export interface LaneShape {
  readonly burst: number;
  readonly everyMs: number;
  readonly total: number;
  readonly refillMs: number;
}

/** A budget of wrong answers: two leaky buckets, each kept as the moment at which it will be empty (GCRA). */
export class EvaluationLane {
  readonly #shape: LaneShape;
  #emptyAt = 0;
  #slowEmptyAt = 0;

  constructor(shape: LaneShape) {
    this.#shape = shape;
  }

  /** Milliseconds until the next password may be looked at; 0: now. */
  waitMs(now: number): number {
    const { burst, everyMs, total, refillMs } = this.#shape;
    const fast = this.#emptyAt - now - (burst - 1) * everyMs;
    const slow = this.#slowEmptyAt - now - (total - 1) * refillMs;
    return Math.max(0, fast, slow);
  }

  /** A password was looked at and was wrong. Right ones cost nothing. */
  charge(now: number): void {
    this.#emptyAt = Math.max(this.#emptyAt, now) + this.#shape.everyMs;
    this.#slowEmptyAt = Math.max(this.#slowEmptyAt, now) + this.#shape.refillMs;
  }

  /** When nothing of the past counts any more. */
  get calmAt(): number {
    return Math.max(this.#emptyAt, this.#slowEmptyAt);
  }
}
