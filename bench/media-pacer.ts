import { Histogram } from "./histogram.ts";
import { PACKET_MS } from "./marked-rtp.ts";

/** Turns that are caught up at once; then what has come in is taken first. */
const MOST_TURNS = PACKET_MS;
/** Further behind than this nothing is caught up any more: the processor is not ours. */
const HOPELESS_MS = 500;

/** Sends its next packet when it is told to. */
export interface Paced {
  send(): void;
}

/**
 * The one clock of all streams of a load generator: every millisecond a twentieth of them sends, by absolute time, so
 * that a late turn is caught up and does not shift what follows. Only half a second that was lost stays lost.
 */
export class MediaPacer {
  readonly #slots: readonly Set<Paced>[] = Array.from({ length: PACKET_MS }, () => new Set<Paced>());
  readonly #lateness = new Histogram();
  #began = performance.now();
  #stalls = 0;
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

  /** How often half a second or more was lost: a load that was not placed. */
  get stalls(): number {
    return this.#stalls;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const due = this.#began + this.#turn;
    this.#timer = setTimeout(() => this.#run(), Math.max(1, due - performance.now()));
  }

  #run(): void {
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      const late = performance.now() - this.#began - this.#turn;
      if (late < 0) break;
      if (late > HOPELESS_MS) {
        this.#stalls += 1;
        this.#began += late;
      }
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
