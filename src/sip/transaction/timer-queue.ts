import { type Clock, slackOf, type Timer } from "../../runtime/clock.ts";

/**
 * Something that waits for at most one moment at a time. It is its own entry in a queue, so that starting and
 * cancelling allocate nothing: tens of thousands of transactions wait for 32 s each.
 */
export abstract class Timed {
  /** The four belong to TimerQueues. */
  timerFifo: Fifo | undefined = undefined;
  timerBefore: Timed | undefined = undefined;
  timerAfter: Timed | undefined = undefined;
  timerDue = 0;

  /** The time has come; may start the next one. */
  abstract onTimer(): void;
}

/**
 * Timers of few different lengths. Those of one length fall due in the order in which they were started, so each
 * length is a list with one timer of the clock for its head, and starting and cancelling cost O(1).
 */
export class TimerQueues {
  readonly #clock: Clock;
  readonly #fifos = new Map<number, Fifo>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `timed.onTimer()` once after `delayMs`; replaces what it waited for. */
  start(timed: Timed, delayMs: number): void {
    this.cancel(timed);
    if (this.#closed) return;
    let fifo = this.#fifos.get(delayMs);
    if (fifo === undefined) {
      fifo = new Fifo(this.#clock, delayMs);
      this.#fifos.set(delayMs, fifo);
    }
    fifo.append(timed);
  }

  /** Forgets what it waits for, if anything. */
  cancel(timed: Timed): void {
    timed.timerFifo?.remove(timed);
  }

  /** How many wait. */
  get size(): number {
    let size = 0;
    for (const fifo of this.#fifos.values()) size += fifo.size;
    return size;
  }

  /** Forgets all, and whatever is started later. */
  close(): void {
    this.#closed = true;
    for (const fifo of this.#fifos.values()) fifo.close();
    this.#fifos.clear();
  }
}

class Fifo {
  size = 0;
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #fire = (): void => this.#fired();
  #head: Timed | undefined = undefined;
  #tail: Timed | undefined = undefined;
  /** Runs for the head, or for one that was cancelled since: then it finds nothing due and is set anew. */
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  append(timed: Timed): void {
    timed.timerFifo = this;
    timed.timerDue = this.#clock.now() + this.#delayMs;
    timed.timerBefore = this.#tail;
    if (this.#tail === undefined) this.#head = timed;
    else this.#tail.timerAfter = timed;
    this.#tail = timed;
    this.size++;
    this.#timer ??= this.#clock.after(this.#delayMs, this.#fire);
  }

  remove(timed: Timed): void {
    const before = timed.timerBefore;
    const after = timed.timerAfter;
    if (before === undefined) this.#head = after;
    else before.timerAfter = after;
    if (after === undefined) this.#tail = before;
    else after.timerBefore = before;
    timed.timerFifo = undefined;
    timed.timerBefore = undefined;
    timed.timerAfter = undefined;
    this.size--;
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#head !== undefined) this.remove(this.#head);
  }

  #fired(): void {
    // The timer that fired stays in its place meanwhile: what is started from within must not set another one.
    try {
      const now = this.#clock.now();
      for (let head = this.#head; head !== undefined && head.timerDue <= now; head = this.#head) {
        this.remove(head);
        head.onTimer();
      }
    } finally {
      // In a `finally`: one that throws is a bug, but must not stop the clock of all the others.
      this.#timer =
        this.#head === undefined
          ? undefined
          : this.#clock.after(this.#left(this.#head), this.#fire, slackOf(this.#delayMs));
    }
  }

  /** Whole milliseconds: the system's timers know no fractions and may fire a little early. */
  #left(head: Timed): number {
    return Math.max(1, Math.ceil(head.timerDue - this.#clock.now()));
  }
}
