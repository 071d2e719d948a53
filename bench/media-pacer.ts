import { Histogram } from "./histogram.ts";
import { PACKET_MS } from "./marked-rtp.ts";

/** Sends its next packet when it is told to. */
export interface Paced {
  send(): void;
}

/**
 * The one clock of all streams of a load generator: every millisecond a twentieth of them sends, by absolute time, so
 * that a late turn is caught up and never shifts what follows.
 */
export class MediaPacer {
  readonly #slots: readonly Set<Paced>[] = Array.from({ length: PACKET_MS }, () => new Set<Paced>());
  readonly #lateness = new Histogram();
  readonly #began = performance.now();
  #turn = 0;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#wait();
  }

  add(stream: Paced): void {
    this.#slots[this.#next]?.add(stream);
    this.#next = (this.#next + 1) % PACKET_MS;
  }

  remove(stream: Paced): void {
    for (const slot of this.#slots) slot.delete(stream);
  }

  /** How far behind its clock each millisecond's packets were sent. */
  get lateness(): Histogram {
    return this.#lateness;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const due = this.#began + this.#turn;
    this.#timer = setTimeout(() => this.#run(), Math.max(1, due - performance.now()));
  }

  #run(): void {
    for (;;) {
      const late = performance.now() - this.#began - this.#turn;
      if (late < 0) break;
      const slot = this.#slots[this.#turn % PACKET_MS];
      if (slot !== undefined && slot.size > 0) {
        this.#lateness.add(late);
        for (const stream of slot) stream.send();
      }
      this.#turn += 1;
    }
    this.#wait();
  }
}
