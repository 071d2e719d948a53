import type { IncomingMessage, ServerResponse } from "node:http";
import { sourceKey } from "../lib/source-key.ts";
import type { Clock } from "../runtime/clock.ts";
import { clientAddress } from "./client-address.ts";

/** Bodies of strangers that are awaited or worked with at once, and of one source. */
export const STRANGERS_BODIES = { all: 32, ofSource: 4 } as const;
/** A body that somebody sends to sign in is a few hundred octets: it is there at once. */
export const BODY_MS = 5000;

/** Counts the bodies of those who are not known, so that who sends them slowly takes nothing from those who are. */
export class StrangersBodies {
  readonly #clock: Pick<Clock, "after">;
  readonly #proxies: readonly string[];
  readonly #ofSource = new Map<string, number>();
  #all = 0;

  constructor(clock: Pick<Clock, "after">, proxies: readonly string[] = []) {
    this.#clock = clock;
    this.#proxies = proxies;
  }

  /** Whether one more may come; it counts until it is answered, and ends its connection where it does not come. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const source = sourceKey(clientAddress(request, this.#proxies));
    const count = this.#ofSource.get(source) ?? 0;
    if (this.#all >= STRANGERS_BODIES.all || count >= STRANGERS_BODIES.ofSource) return false;
    this.#all += 1;
    this.#ofSource.set(source, count + 1);
    const timer = this.#clock.after(BODY_MS, () => {
      if (!request.complete) request.socket.destroy();
    });
    response.once("close", () => {
      timer.cancel();
      this.#all -= 1;
      const left = (this.#ofSource.get(source) ?? 1) - 1;
      if (left === 0) this.#ofSource.delete(source);
      else this.#ofSource.set(source, left);
    });
    return true;
  }
}
