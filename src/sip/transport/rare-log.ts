import type { Clock } from "../../runtime/clock.ts";
import type { TransportLog } from "./log.ts";

const EVERY_MS = 60_000;

/** One kind of warning that strangers can cause as often as they like: at most one line a minute, with how often it was. */
export class RareLog {
  readonly #clock: Clock;
  readonly #log: TransportLog;
  #times = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, log: TransportLog) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `times`, beside `fields`, counts what has happened since the line before. */
  warn(fields: object, text: string): void {
    this.#times += 1;
    const now = this.#clock.now();
    if (now - this.#loggedAt < EVERY_MS) return;
    this.#log.warn({ ...fields, times: this.#times }, `${text}; said at most once a minute`);
    this.#loggedAt = now;
    this.#times = 0;
  }
}
