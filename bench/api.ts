import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { causeOf } from "../src/lib/failure.ts";
import { type Answers, besidePart } from "./beside.ts";
import { GOALS, type PartResult } from "./goals.ts";
import type { Rig } from "./rig.ts";

const REQUESTS_A_SECOND = 50;
/** Each may ask 300 times at once and 5 times a second. */
const TOKENS = 12;
/** What pages ask, one after the other; then a phone is made. */
const ASKED = ["home", "calls?limit=50", "phones?limit=200", "plans", "webhooks", "search?q=21"];
const FIRST_EXTENSION = 1000;

/** How much the post-dial delay of calls moves while the API is asked, in turn without and with it. */
export async function apiPart(rig: Rig): Promise<PartResult> {
  const tokens: string[] = [];
  for (let made = 0; made < TOKENS; made += 1) tokens.push(await rig.newToken(`bench ${made}`));
  return besidePart(rig, { name: "api", goal: GOALS.apiBeside, begin: async () => new Asking(rig, tokens) });
}

/** Asks at a steady rate until it is stopped. */
class Asking {
  readonly #rig: Rig;
  readonly #tokens: readonly string[];
  readonly #open = new Set<Promise<void>>();
  readonly #ended: Promise<void>;
  readonly #answers: Answers = { all: 0, failed: 0, why: undefined };
  #isOver = false;

  constructor(rig: Rig, tokens: readonly string[]) {
    this.#rig = rig;
    this.#tokens = tokens;
    this.#ended = this.#run();
  }

  async stop(): Promise<Answers> {
    this.#isOver = true;
    await this.#ended;
    await Promise.all(this.#open);
    return this.#answers;
  }

  async #run(): Promise<void> {
    const began = performance.now();
    for (let count = 0; !this.#isOver; count += 1) {
      await sleep(Math.max(0, began + (1000 / REQUESTS_A_SECOND) * count - performance.now()));
      const asked: Promise<void> = this.#ask(count).finally(() => this.#open.delete(asked));
      this.#open.add(asked);
    }
  }

  async #ask(count: number): Promise<void> {
    const token = this.#tokens[count % this.#tokens.length];
    const what = ASKED[count % (ASKED.length + 1)];
    this.#answers.all += 1;
    try {
      const answer = await (what === undefined
        ? this.#rig.ask("phones", token, this.#phone())
        : this.#rig.ask(what, token));
      if (!answer.ok) this.#answers.failed += 1;
      await answer.arrayBuffer();
    } catch (error) {
      // A connection that was closed as it was used again; the rounds go on, and it is told with its number at the end.
      this.#answers.failed += 1;
      this.#answers.why ??= causeOf(error);
    }
  }

  #phone(): object {
    extensions += 1;
    return {
      extension: String(FIRST_EXTENSION + extensions),
      name: `Desk ${extensions}`,
      password: randomUUID(),
    };
  }
}

/** Made in all rounds. */
let extensions = 0;
