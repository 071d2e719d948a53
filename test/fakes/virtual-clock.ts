import type { Clock, Timer } from "../../src/runtime/clock.ts";

interface Entry extends Timer {
  readonly at: number;
  /** Timers of one instant fire in the order in which they were set. */
  readonly order: number;
  fire: (() => void) | undefined;
}

/** 2026-01-01T00:00:00Z: what `wall()` shows at virtual zero. */
const WALL_AT_START = Date.UTC(2026, 0, 1);

/**
 * A clock that moves only when a test says so. Timers fire in order of their time, each at exactly its time,
 * those set meanwhile included.
 */
export class VirtualClock implements Clock {
  readonly #heap: Entry[] = [];
  #now = 0;
  #wallOffset = 0;
  #order = 0;
  #live = 0;
  readonly #settle: () => Promise<void>;

  /** `settle`: when everything is done that can be done at this moment; one turn of the event loop when left out. */
  constructor(settle: () => Promise<void> = oneTurn) {
    this.#settle = settle;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return WALL_AT_START + this.#now + this.#wallOffset;
  }

  /** Moves the wall clock alone, as NTP or a person does; intervals are untouched. */
  jumpWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  after(delayMs: number, fire: () => void): Timer {
    const entry: Entry = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#order++,
      fire,
      cancel: () => {
        if (entry.fire === undefined) return;
        entry.fire = undefined;
        this.#live--;
      },
    };
    this.#live++;
    push(this.#heap, entry);
    return entry;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#live;
  }

  /** Moves time forward and fires what falls due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#fireNext(end));
    this.#now = end;
  }

  /**
   * Moves from timer to timer until the predicate holds; false if it still does not after `maxMs` (time stands
   * then at the end of that span).
   */
  runUntil(predicate: () => boolean, maxMs: number): boolean {
    const end = this.#now + maxMs;
    while (!predicate()) {
      if (!this.#fireNext(end)) {
        this.#now = end;
        return predicate();
      }
    }
    return true;
  }

  /** Like `advance`, and after each timer every promise that can settle does, so that `await` chains go on. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms;
    do await this.#settle();
    while (this.#fireNext(end));
    this.#now = end;
  }

  /** Like `runUntil`, letting promises settle after each timer. */
  async runUntilAsync(predicate: () => boolean, maxMs: number): Promise<boolean> {
    const end = this.#now + maxMs;
    await this.#settle();
    while (!predicate()) {
      if (!this.#fireNext(end)) {
        this.#now = end;
        return predicate();
      }
      await this.#settle();
    }
    return true;
  }

  /** Fires the earliest live timer that is due by `end`; false if there is none. */
  #fireNext(end: number): boolean {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.fire !== undefined && first.at > end) return false;
      pop(this.#heap);
      const fire = first.fire;
      if (fire === undefined) continue;
      first.fire = undefined;
      this.#live--;
      this.#now = first.at;
      fire();
      return true;
    }
    return false;
  }
}

/** One turn of the event loop: all promise reactions that are ready have run. */
function oneTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function earlier(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Entry;
    if (!earlier(entry, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && earlier(heap[child + 1] as Entry, heap[child] as Entry)) child++;
    if (!earlier(heap[child] as Entry, last)) break;
    heap[at] = heap[child] as Entry;
    at = child;
  }
  heap[at] = last;
}
