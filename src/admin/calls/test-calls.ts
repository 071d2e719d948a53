import { err, ok, type Result } from "../../lib/result.ts";
import type { CallFilter, CallSummary } from "../../model/repositories.ts";
import type { Clock } from "../../runtime/clock.ts";

/** A call that the built-in caller is to make. */
export interface WantedTestCall {
  readonly number: string;
  readonly from: string;
  readonly name: string;
  /** Typed one after the other, each when a message has been heard. */
  readonly codes: readonly string[];
  readonly talkMs: number;
}

/** How it went, as the caller's phone knows it. */
export type TestCallOutcome =
  | { readonly kind: "answered" }
  | { readonly kind: "refused"; readonly status: number; readonly reason: string };

/** A call that was placed. */
export interface PlacedTestCall {
  /** Undefined: no record of it was found. */
  readonly id: string | undefined;
  /** Undefined: it is up. */
  readonly outcome: TestCallOutcome | undefined;
  /** What the caller has heard and done so far, in words. */
  readonly heard: readonly string[];
}

export interface TestCallParts {
  readonly clock: Clock;
  /** Where SIP is heard over UDP on this machine; undefined: nowhere. */
  server(): { readonly host: string; readonly port: number } | undefined;
  /** Places it, and resolves when it is over. `connected`: somebody has answered, not only a message. */
  place(
    wanted: WantedTestCall,
    server: { readonly host: string; readonly port: number },
    during: { readonly onNote: (text: string) => void; readonly connected: Promise<void> },
  ): Promise<TestCallOutcome>;
  list(filter: CallFilter): Promise<readonly CallSummary[]>;
}

/** Test calls at once; more would only hide each other. */
export const MOST_TEST_CALLS = 2;
const LOOK_EVERY_MS = 30;
/** A record is in the list so long after its call at the latest. */
const RECORDED_MS = 3_000;
/** A call that is up so long without a record: its id is not waited for any more. */
const UNSEEN_MS = 60_000;

/** Places real SIP calls at this server, as a caller from outside would. */
export class TestCalls {
  readonly #parts: TestCallParts;
  #running = 0;

  constructor(parts: TestCallParts) {
    this.#parts = parts;
  }

  /** Resolves as soon as the call has a record: it may be up still, and goes on by itself. */
  async run(wanted: WantedTestCall): Promise<Result<PlacedTestCall, "busy" | "noListener">> {
    const { clock } = this.#parts;
    const server = this.#parts.server();
    if (server === undefined) return err("noListener");
    if (this.#running >= MOST_TEST_CALLS) return err("busy");
    this.#running += 1;
    const heard: string[] = [];
    const known = new Set((await this.#listed(wanted, clock.wall())).map(({ id }) => id));
    const placedAt = clock.wall();
    let outcome: TestCallOutcome | undefined;
    const { promise: connected, resolve: onConnected } = Promise.withResolvers<void>();
    const call = this.#parts
      .place(wanted, server, { onNote: (text) => heard.push(text), connected })
      .then((made) => {
        outcome = made;
      });
    void call.finally(() => {
      this.#running -= 1;
    });
    let deadline = clock.now() + UNSEEN_MS;
    let wasOver = false;
    for (;;) {
      const id = (await this.#listed(wanted, placedAt)).find((one) => !known.has(one.id))?.id;
      if (id !== undefined) void this.#answered(wanted, placedAt, id).then(onConnected, onConnected);
      if (outcome !== undefined && !wasOver) {
        wasOver = true;
        deadline = Math.min(deadline, clock.now() + RECORDED_MS);
      }
      if (id !== undefined || clock.now() >= deadline) return ok({ id, outcome, heard });
      await new Promise<void>((resolve) => clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  /** Resolves when somebody has answered the call, or it is over. */
  async #answered(wanted: WantedTestCall, since: number, id: string): Promise<void> {
    for (;;) {
      const call = (await this.#listed(wanted, since)).find((one) => one.id === id);
      if (call === undefined || call.result !== "ongoing" || call.answeredAt !== undefined) return;
      await new Promise<void>((resolve) => this.#parts.clock.after(LOOK_EVERY_MS, resolve));
    }
  }

  /** Records that may be this call's; of a caller whom no trunk vouches for it is a stranger's. */
  #listed({ from, number }: WantedTestCall, since: number): Promise<readonly CallSummary[]> {
    const kinds = ["call", "stranger"] as const;
    return this.#parts
      .list({ limit: 20, kinds, from: since - 1_000 })
      .then((calls) => calls.filter((one) => one.caller === from || one.called === number));
  }
}
