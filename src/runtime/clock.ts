/** A timer that has been started; cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time comes in through the door, so that tests run on a virtual clock (test/fakes/virtual-clock.ts). */
export interface Clock {
  /** Monotonic milliseconds, for intervals. */
  now(): number;
  /** Milliseconds since the Unix epoch, for what a person reads. */
  wall(): number;
  /** Calls `fire` once after `delayMs`. */
  after(delayMs: number, fire: () => void): Timer;
}

class NodeTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;
  constructor(delayMs: number, fire: () => void) {
    this.#timeout = setTimeout(fire, delayMs);
  }
  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (delayMs, fire) => new NodeTimer(delayMs, fire),
};
