import { Registry } from "../lib/registry.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

/** Questions to the other thread that wait for their answers; each is bounded by one time limit. */
export class Requests<Answer> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #waiting = new Registry<
    number,
    { readonly resolve: (answer: Answer) => void; readonly timer: Timer }
  >();
  #last = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** Asks with a number of its own; undefined when no answer came in time. */
  ask(send: (request: number) => void): Promise<Answer | undefined> {
    const request = ++this.#last;
    return new Promise((resolve) => {
      const timer = this.#clock.after(this.#timeoutMs, () => {
        this.#waiting.delete(request);
        resolve(undefined);
      });
      this.#waiting.set(request, { resolve, timer });
      send(request);
    });
  }

  /** An answer has arrived; one that is too late is dropped. */
  answer(request: number, answer: Answer): void {
    const waiting = this.#waiting.get(request);
    if (waiting === undefined) return;
    this.#waiting.delete(request);
    waiting.timer.cancel();
    waiting.resolve(answer);
  }
}
