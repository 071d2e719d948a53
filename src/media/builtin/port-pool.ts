import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";

interface Resting {
  readonly port: number;
  readonly until: number;
}

/**
 * The even ports of a range, in an order that nobody can guess. A port that comes back rests before it is given out
 * again, so that no packet of the old call reaches a new one (reliability C4).
 */
export class PortPool {
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #free: number[] = [];
  /** In the order in which they wake. */
  readonly #resting: Resting[] = [];
  #used = 0;

  constructor(ports: { readonly min: number; readonly max: number }, restMs: number, clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#restMs = restMs;
    // Each pair needs its odd port too.
    for (let port = ports.min + (ports.min & 1); port + 1 <= ports.max; port += 2) {
      const at = ids.integer(this.#free.length + 1);
      this.#free.push(this.#free[at] ?? port);
      this.#free[at] = port;
    }
  }

  /** An even port; undefined if all are in use or rest. */
  take(): number | undefined {
    const now = this.#clock.now();
    while (this.#resting[0] !== undefined && this.#resting[0].until <= now)
      this.#free.unshift((this.#resting.shift() as Resting).port);
    const port = this.#free.pop();
    if (port !== undefined) this.#used += 1;
    return port;
  }

  /** Takes a port back. */
  giveBack(port: number): void {
    this.#used -= 1;
    this.#resting.push({ port, until: this.#clock.now() + this.#restMs });
  }

  get used(): number {
    return this.#used;
  }

  get resting(): number {
    return this.#resting.length;
  }
}
