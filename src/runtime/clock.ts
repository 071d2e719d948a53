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
  /**
   * Calls `fire` once after `delayMs`, never before. It may come `slackMs` later, by default `slackOf(delayMs)`, so that
   * timers that fall due at about the same time wake the process once.
   */
  after(delayMs: number, fire: () => void, slackMs?: number): Timer;
}

/** How late a timer of this length may be: what nobody notices. Each is a multiple of the one before. */
export function slackOf(delayMs: number): number {
  if (delayMs < 100) return 1;
  if (delayMs < 250) return 10;
  return delayMs < 60_000 ? 50 : 1000;
}

/** Node's timers take no more than 24.8 days; by then the clock looks again. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** All timers of one moment, in the order in which they were started. */
class Moment {
  readonly dueAt: number;
  first: MomentTimer | undefined = undefined;
  last: MomentTimer | undefined = undefined;

  constructor(dueAt: number) {
    this.dueAt = dueAt;
  }
}

class MomentTimer implements Timer {
  readonly #clock: SystemClock;
  fire: (() => void) | undefined;
  moment: Moment | undefined = undefined;
  before: MomentTimer | undefined = undefined;
  after: MomentTimer | undefined = undefined;

  constructor(clock: SystemClock, fire: () => void) {
    this.#clock = clock;
    this.fire = fire;
  }

  cancel(): void {
    this.#clock.forget(this);
  }
}

/**
 * The machine's own clock. A timer is put off to the next multiple of its slack, and all timers of such a moment have one
 * of Node's: waking up is what a timer costs most (some 0.1 ms on an idle machine), a call starts ten of them and cancels
 * half, and nearly all are long.
 */
class SystemClock implements Clock {
  readonly #moments = new Map<number, Moment>();
  /** The same, soonest first: a binary heap. */
  readonly #heap: Moment[] = [];
  #live = 0;
  #timeout: NodeJS.Timeout | undefined;
  /** When `#timeout` fires. */
  #wakeAt = Number.POSITIVE_INFINITY;
  #firing = false;
  readonly #wake = (): void => this.#due();

  now(): number {
    return performance.now();
  }

  wall(): number {
    return Date.now();
  }

  after(delayMs: number, fire: () => void, slackMs: number = slackOf(delayMs)): Timer {
    const timer = new MomentTimer(this, fire);
    const moment = this.#momentAt(Math.ceil((performance.now() + delayMs) / slackMs) * slackMs);
    timer.moment = moment;
    timer.before = moment.last;
    if (moment.last === undefined) moment.first = timer;
    else moment.last.after = timer;
    moment.last = timer;
    this.#live += 1;
    if (moment.dueAt < this.#wakeAt && !this.#firing) this.#schedule();
    return timer;
  }

  /** Of MomentTimer: it is cancelled. With none left nothing keeps the process from ending. */
  forget(timer: MomentTimer): void {
    if (timer.moment === undefined) return;
    this.#unlink(timer, timer.moment);
    if (this.#live > 0 || this.#firing) return;
    this.#moments.clear();
    this.#heap.length = 0;
    this.#schedule();
  }

  #momentAt(dueAt: number): Moment {
    let moment = this.#moments.get(dueAt);
    if (moment !== undefined) return moment;
    moment = new Moment(dueAt);
    this.#moments.set(dueAt, moment);
    push(this.#heap, moment);
    return moment;
  }

  #unlink(timer: MomentTimer, moment: Moment): void {
    const { before, after } = timer;
    if (before === undefined) moment.first = after;
    else before.after = after;
    if (after === undefined) moment.last = before;
    else after.before = before;
    timer.fire = undefined;
    timer.moment = undefined;
    timer.before = undefined;
    timer.after = undefined;
    this.#live -= 1;
  }

  #due(): void {
    this.#timeout = undefined;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#firing = true;
    for (let moment = this.#heap[0]; moment !== undefined; moment = this.#heap[0]) {
      if (moment.dueAt > performance.now()) break;
      // Taken off first: what is started meanwhile gets a moment of its own.
      this.#drop(moment);
      for (let timer = moment.first; timer !== undefined; timer = moment.first) this.#fire(timer, moment);
    }
    this.#firing = false;
    this.#schedule();
  }

  #fire(timer: MomentTimer, moment: Moment): void {
    const { fire } = timer;
    this.#unlink(timer, moment);
    try {
      fire?.();
    } catch (error) {
      // As with Node's own timers: nobody is there to catch it, and the others still fire.
      setImmediate(() => {
        throw error;
      });
    }
  }

  /** Has Node wake us for the soonest moment that still has a timer. */
  #schedule(): void {
    let next = this.#heap[0];
    while (next !== undefined && next.first === undefined) {
      this.#drop(next);
      next = this.#heap[0];
    }
    const wakeAt = next?.dueAt ?? Number.POSITIVE_INFINITY;
    if (wakeAt === this.#wakeAt) return;
    clearTimeout(this.#timeout);
    this.#wakeAt = wakeAt;
    // What is overdue already is below 0, of which Node warns.
    const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, Math.ceil(wakeAt - performance.now())));
    this.#timeout = next === undefined ? undefined : setTimeout(this.#wake, waitMs);
  }

  #drop(soonest: Moment): void {
    this.#moments.delete(soonest.dueAt);
    pop(this.#heap);
  }
}

function push(heap: Moment[], moment: Moment): void {
  let at = heap.length;
  heap.push(moment);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Moment;
    if (above.dueAt <= moment.dueAt) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = moment;
}

/** Takes the soonest off. */
function pop(heap: Moment[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    const right = heap[child + 1];
    if (right !== undefined && right.dueAt < (heap[child] as Moment).dueAt) child++;
    if ((heap[child] as Moment).dueAt >= last.dueAt) break;
    heap[at] = heap[child] as Moment;
    at = child;
  }
  heap[at] = last;
}

/** The machine's own clock. */
export function createSystemClock(): Clock {
  return new SystemClock();
}

/** The clock of this process. */
export const systemClock: Clock = createSystemClock();
