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

/** Waits in the queue of its delay. */
class QueuedTimer implements Timer {
  readonly dueAt: number;
  readonly #queue: DelayQueue;
  fire: (() => void) | undefined;
  next: QueuedTimer | undefined;

  constructor(queue: DelayQueue, dueAt: number, fire: () => void) {
    this.#queue = queue;
    this.dueAt = dueAt;
    this.fire = fire;
  }

  cancel(): void {
    if (this.fire === undefined) return;
    // It stays where it is, empty, until its turn.
    this.fire = undefined;
    this.#queue.left();
  }
}

/**
 * All timers of one delay, which fall due in the order in which they were started: one timer of Node's for the first of
 * them. A call starts ten timers and cancels most; this way each costs a small object.
 */
class DelayQueue {
  readonly #delayMs: number;
  #first: QueuedTimer | undefined;
  #last: QueuedTimer | undefined;
  /** How many have not been cancelled. */
  #live = 0;
  #timeout: NodeJS.Timeout | undefined;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  add(fire: () => void): Timer {
    const timer = new QueuedTimer(this, performance.now() + this.#delayMs, fire);
    this.#live += 1;
    if (this.#last === undefined) this.#first = timer;
    else this.#last.next = timer;
    this.#last = timer;
    this.#timeout ??= setTimeout(() => this.#due(), this.#delayMs);
    return timer;
  }

  /** One was cancelled. With none left nothing keeps the process from ending. */
  left(): void {
    this.#live -= 1;
    if (this.#live > 0) return;
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
    this.#first = undefined;
    this.#last = undefined;
  }

  #due(): void {
    for (let first = this.#first; first !== undefined; first = this.#first) {
      const wait = first.dueAt - performance.now();
      if (first.fire !== undefined && wait > 0) {
        clearTimeout(this.#timeout);
        this.#timeout = setTimeout(() => this.#due(), Math.ceil(wait));
        return;
      }
      this.#first = first.next;
      if (first.next === undefined) this.#last = undefined;
      this.#fire(first);
    }
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }

  #fire(timer: QueuedTimer): void {
    const { fire } = timer;
    if (fire === undefined) return;
    timer.fire = undefined;
    this.#live -= 1;
    try {
      fire();
    } catch (error) {
      // As with Node's own timers: nobody is there to catch it, and the others still fire.
      setImmediate(() => {
        throw error;
      });
    }
  }
}

/** Delays that have a queue; more than these are rare ones, which get a timer of their own. */
const MAX_QUEUES = 64;
/** A cancelled timer keeps its place until its turn: with very long delays too many would wait. */
const MAX_QUEUED_MS = 60_000;

/** The machine's own clock. */
export function createSystemClock(): Clock {
  const queues = new Map<number, DelayQueue>();
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after(delayMs, fire) {
      let queue = queues.get(delayMs);
      if (queue === undefined) {
        if (delayMs > MAX_QUEUED_MS || queues.size >= MAX_QUEUES) return new NodeTimer(delayMs, fire);
        queue = new DelayQueue(delayMs);
        queues.set(delayMs, queue);
      }
      return queue.add(fire);
    },
  };
}

/** The clock of this process. */
export const systemClock: Clock = createSystemClock();
