import type { Clock, Timer } from "../../runtime/clock.ts";
import { FRAME_MS } from "../codec/codec.ts";

/** Something that sends a frame each 20 ms. */
export interface Paced {
  /** Its turn. False: it has nothing more, and is forgotten. */
  tick(): boolean;
}

/** Ends are spread over this many turns of a frame's time, so that they do not all send at once. */
const SLOTS = 4;
const SLOT_MS = FRAME_MS / SLOTS;
/** A thread that was held up sends what it owes, up to this much; what is older is not made up for. */
const MAX_OWED_MS = 200;

/**
 * One clock for all that plays: turns lie on a grid of absolute time, so a timer that fires late delays one turn and no
 * other, and nothing drifts. Without anybody playing there is no timer.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #slots: readonly Set<Paced>[] = Array.from({ length: SLOTS }, () => new Set());
  #size = 0;
  #start = 0;
  /** The next turn, counted from the start; its slot is its remainder. */
  #turn = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#size;
  }

  /** Gives it its first turn within 20 ms; the first one of all at once. Adding it twice does nothing. */
  add(paced: Paced): void {
    if (this.#slots.some((slot) => slot.has(paced))) return;
    if (this.#size === 0) {
      this.#start = this.#clock.now();
      this.#turn = 0;
    }
    // The emptiest slot; of equals the one whose turn is next.
    let best = this.#slots[this.#turn % SLOTS] as Set<Paced>;
    for (let n = 1; n < SLOTS; n++) {
      const slot = this.#slots[(this.#turn + n) % SLOTS] as Set<Paced>;
      if (slot.size < best.size) best = slot;
    }
    best.add(paced);
    this.#size += 1;
    this.#plan();
  }

  remove(paced: Paced): void {
    for (const slot of this.#slots) if (slot.delete(paced)) this.#size -= 1;
    if (this.#size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#size === 0) return;
    while ((this.#slots[this.#turn % SLOTS] as Set<Paced>).size === 0) this.#turn += 1;
    const wait = this.#start + this.#turn * SLOT_MS - this.#clock.now();
    this.#timer = this.#clock.after(Math.max(0, Math.floor(wait)), () => this.#due());
  }

  #due(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const current = Math.floor((now - this.#start) / SLOT_MS);
    this.#turn = Math.max(this.#turn, current - MAX_OWED_MS / SLOT_MS);
    for (; this.#turn <= current; this.#turn++)
      for (const paced of this.#slots[this.#turn % SLOTS] as Set<Paced>)
        if (!paced.tick()) this.remove(paced);
    this.#plan();
  }
}
