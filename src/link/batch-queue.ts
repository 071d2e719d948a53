import type { Clock, Timer } from "../runtime/clock.ts";

/** Limits and pace of a queue to the control thread. */
export interface BatchLimits {
  /** Entries waiting; beyond it the oldest is dropped and counted. */
  readonly maxEntries: number;
  /** Bytes waiting, by the estimate of `sizeOf`. */
  readonly maxBytes: number;
  /** A batch leaves as soon as it is this long … */
  readonly batchEntries: number;
  /** … or this old. */
  readonly flushMs: number;
  /** After a failure the same batch is sent again this much later. */
  readonly retryMs: number;
}

/**
 * Reliability F3: 100,000 records or 64 MiB wait for a store that is down. What is a second old has to be on disk; a
 * batch wakes the control thread and costs a transaction with its fsync, so it waits a good part of that second.
 */
export const DEFAULT_LIMITS: BatchLimits = {
  maxEntries: 100_000,
  maxBytes: 64 * 1024 * 1024,
  batchEntries: 256,
  flushMs: 400,
  retryMs: 1000,
};

interface Waiting<Entry> {
  readonly entry: Entry;
  readonly bytes: number;
}

/**
 * A bounded queue that leaves in batches, one at a time: a batch counts as delivered when the other side says
 * that it is on disk, and until then it is kept. Putting never blocks and never throws.
 */
export class BatchQueue<Entry> {
  readonly #clock: Clock;
  readonly #limits: BatchLimits;
  readonly #sizeOf: (entry: Entry) => number;
  readonly #send: (batch: number, entries: readonly Entry[]) => void;
  /** Entries from `#head` on; what is before has left. */
  #waiting: Waiting<Entry>[] = [];
  #head = 0;
  #bytes = 0;
  /** Sent and not yet confirmed. */
  #flying: { readonly batch: number; readonly waiting: readonly Waiting<Entry>[] } | undefined;
  #batch = 0;
  #timer: Timer | undefined;
  #dropped = 0;
  readonly #emptied: (() => void)[] = [];

  constructor(
    clock: Clock,
    send: (batch: number, entries: readonly Entry[]) => void,
    sizeOf: (entry: Entry) => number,
    limits: BatchLimits = DEFAULT_LIMITS,
  ) {
    this.#clock = clock;
    this.#send = send;
    this.#sizeOf = sizeOf;
    this.#limits = limits;
  }

  /** Entries that are not on disk yet. */
  get length(): number {
    return this.#waiting.length - this.#head + (this.#flying?.waiting.length ?? 0);
  }

  /** Entries that were dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  put(entry: Entry): void {
    const bytes = this.#sizeOf(entry);
    this.#waiting.push({ entry, bytes });
    this.#bytes += bytes;
    while (this.#isFull() && this.#head < this.#waiting.length) {
      this.#take(1);
      this.#dropped += 1;
    }
    if (this.#flying !== undefined) return;
    if (this.#waiting.length - this.#head >= this.#limits.batchEntries) this.#flush();
    else this.#timer ??= this.#clock.after(this.#limits.flushMs, () => this.#flush());
  }

  /** The other side has a batch on disk, or could not write it (then it is sent again later). */
  settle(batch: number, stored: boolean): void {
    const flying = this.#flying;
    // An answer to a batch that was sent again since, or from a thread that has been replaced.
    if (flying?.batch !== batch) return;
    if (!stored) {
      this.#timer ??= this.#clock.after(this.#limits.retryMs, () => this.resend());
      return;
    }
    for (const { bytes } of flying.waiting) this.#bytes -= bytes;
    this.#flying = undefined;
    this.#flush();
  }

  /** Sends the unconfirmed batch again: the other side has been restarted, or failed a while ago. */
  resend(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const flying = this.#flying;
    if (flying === undefined) {
      this.#flush();
      return;
    }
    this.#flying = { batch: ++this.#batch, waiting: flying.waiting };
    this.#send(this.#batch, entriesOf(flying.waiting));
  }

  /** Sends what waits at once; resolves when everything is on disk. */
  drained(): Promise<void> {
    if (this.length === 0) return Promise.resolve();
    const emptied = new Promise<void>((resolve) => this.#emptied.push(resolve));
    if (this.#flying === undefined) this.#flush();
    return emptied;
  }

  #isFull(): boolean {
    return this.length > this.#limits.maxEntries || this.#bytes > this.#limits.maxBytes;
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const count = Math.min(this.#waiting.length - this.#head, this.#limits.batchEntries);
    if (count === 0) {
      for (const resolve of this.#emptied.splice(0)) resolve();
      return;
    }
    const waiting = this.#waiting.slice(this.#head, this.#head + count);
    this.#head += count;
    this.#compact();
    this.#flying = { batch: ++this.#batch, waiting };
    this.#send(this.#batch, entriesOf(waiting));
  }

  #take(count: number): void {
    for (let index = this.#head; index < this.#head + count; index++)
      this.#bytes -= this.#waiting[index]?.bytes ?? 0;
    this.#head += count;
    this.#compact();
  }

  /** Gives the memory of what has left back, in steps that keep the whole cost linear. */
  #compact(): void {
    if (this.#head < 1024 && this.#head < this.#waiting.length) return;
    if (this.#head * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }
}

function entriesOf<Entry>(waiting: readonly Waiting<Entry>[]): Entry[] {
  return waiting.map(({ entry }) => entry);
}
