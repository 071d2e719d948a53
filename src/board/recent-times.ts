/** Taken out at the front one by one, and cut off together once there are so many. */
const CUT_AT = 1024;

/** Moments of the last so many milliseconds, for "no more than N in a minute". Whoever adds sees to the bound. */
export class RecentTimes {
  readonly #windowMs: number;
  readonly #times: number[] = [];
  #first = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Moments are added in their order. */
  add(at: number): void {
    this.#times.push(at);
  }

  /** Takes one back that was added at this moment, if it still counts. */
  remove(at: number): void {
    const index = this.#times.lastIndexOf(at);
    if (index >= this.#first) this.#times.splice(index, 1);
  }

  /** How many lie less than the window before `now`. */
  count(now: number): number {
    const times = this.#times;
    while (this.#first < times.length && now - (times[this.#first] ?? now) >= this.#windowMs)
      this.#first += 1;
    if (this.#first === times.length || this.#first >= CUT_AT) {
      times.splice(0, this.#first);
      this.#first = 0;
    }
    return times.length - this.#first;
  }
}
