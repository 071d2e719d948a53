import type { Clock } from "../runtime/clock.ts";

/** What is written: each succeeds and fails by itself, as a full disk may have room for a small row. */
export type Written = "registrations" | "records";

/** That the store cannot write is said again after this time. */
const SAID_AGAIN_MS = 60_000;

/** Says that the store cannot write, and that it can again. It is tried every second, which nobody wants to read each time. */
export class StoreFailures {
  readonly #clock: Clock;
  readonly #log: (level: "error" | "info", text: string) => void;
  /** Why what cannot be written, and when that was said. */
  readonly #failing = new Map<Written, { readonly failure: string; readonly saidMs: number }>();

  constructor(clock: Clock, log: (level: "error" | "info", text: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  /** What came of it; `failure` undefined: it is on disk. */
  tried(what: Written, failure: string | undefined): void {
    if (failure === undefined) {
      if (this.#failing.delete(what) && this.#failing.size === 0)
        this.#log("info", "The store can write again.");
      return;
    }
    const now = this.#clock.now();
    const said = [...this.#failing.values()].find(
      (one) => one.failure === failure && now - one.saidMs < SAID_AGAIN_MS,
    );
    this.#failing.set(what, said ?? { failure, saidMs: now });
    if (said !== undefined) return;
    this.#log(
      "error",
      `The store cannot write: ${failure}. Calls go on, and what is to be kept waits in memory.`,
    );
  }
}
