// Proof 13 of the interface: what the log of calls costs calls while somebody reads it. A browser of ours would take the very processors
// that the server and the probe measure with, which no reader's browser does: so the page is here without its drawing, with exactly its
// requests and its events, by the page's own rules (web/src/lib/live). test/browser holds the real page to the same requests (docs/adr/0118).

import { setTimeout as sleep } from "node:timers/promises";
import { causeOf } from "../src/lib/failure.ts";
import { openStore } from "../src/store/store.ts";
import { seedCalls } from "../test/support/seed-calls.ts";
import { FOLLOWED, type Happening } from "../web/src/lib/live/feed.ts";
import { staleBy } from "../web/src/lib/live/stale.ts";
import { type Answers, besidePart } from "./beside.ts";
import { GOALS, type PartResult } from "./goals.ts";
import type { Rig } from "./rig.ts";

/** What the page asks when it is opened, below `/api/v1`; events are the last. */
export const OPENED = [
  "session",
  "calls?limit=60",
  "plans?limit=200",
  "webhooks?limit=200",
  "home",
  "events",
] as const;
const PAGE = "calls?limit=60";
const LOGGED = 100_000;
/** Somebody looks at the newest calls, which come by themselves, then scrolls down. */
const AT_TOP_MS = 3000;
/** 60 rows of 50 pixels, at the 12,000 pixels a second of test/browser/many-calls.ts. */
const PAGE_EVERY_MS = 250;

/** Puts 100,000 calls into the store before the server opens it. */
export async function prepareLog(dataDir: string): Promise<void> {
  const store = await openStore(dataDir);
  if (!store.ok) throw new Error(store.error);
  await store.value.close();
  seedCalls(dataDir, LOGGED);
}

/** How much the post-dial delay of calls moves while a log of 100,000 calls is open and scrolled. */
export async function logPart(rig: Rig): Promise<PartResult> {
  const token = await rig.newToken("log");
  return besidePart(rig, { name: "log", goal: GOALS.logBeside, begin: () => LogPage.open(rig, token) });
}

/** The page of all calls, open until it is closed. */
class LogPage {
  readonly #rig: Rig;
  readonly #token: string;
  readonly #end = new AbortController();
  readonly #answers: Answers = { all: 0, failed: 0, why: undefined };
  readonly #running: Promise<unknown>[] = [];
  /** Queries that will be asked anew, by the beginning of their keys. */
  readonly #stale = new Map<string, NodeJS.Timeout>();
  #pages = 1;

  static async open(rig: Rig, token: string): Promise<LogPage> {
    const page = new LogPage(rig, token);
    const asked = OPENED.filter((what) => what !== "events");
    const [, first] = await Promise.all(asked.map((what) => page.#ask(what)));
    const events = await rig.follow(FOLLOWED.join(","), page.#end.signal);
    if (!events.ok || events.body === null) throw new Error(`events: ${events.status}`);
    page.#running.push(page.#listen(events.body), page.#scroll(first?.next));
    return page;
  }

  private constructor(rig: Rig, token: string) {
    this.#rig = rig;
    this.#token = token;
  }

  async stop(): Promise<Answers> {
    this.#end.abort();
    for (const timer of this.#stale.values()) clearTimeout(timer);
    await Promise.all(this.#running);
    return this.#answers;
  }

  /** One page of older calls after the other, each when the one before is there. */
  async #scroll(next: string | undefined): Promise<void> {
    const { signal } = this.#end;
    let cursor = next;
    await sleep(AT_TOP_MS, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      const due = performance.now() + PAGE_EVERY_MS;
      const answer = await this.#ask(`${PAGE}&cursor=${encodeURIComponent(cursor ?? "")}`);
      cursor = answer?.next ?? cursor;
      this.#pages += 1;
      await sleep(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    }
  }

  async #listen(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) this.#happened(event);
      }
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  #happened(event: string): void {
    const topic = /^event: (.+)$/m.exec(event)?.[1] as Happening["topic"] | "alive" | undefined;
    const data = /^data: (.+)$/m.exec(event)?.[1];
    if (topic === undefined || topic === "alive" || data === undefined) return;
    for (const { key, withinMs } of staleBy({ topic, data: JSON.parse(data) as unknown })) {
      const [kind = ""] = key;
      if ((kind === "calls" || kind === "home") && !this.#stale.has(kind))
        this.#stale.set(
          kind,
          setTimeout(() => this.#refresh(kind), withinMs),
        );
    }
  }

  /** A list that is read far down is left as it is. */
  #refresh(kind: string): void {
    this.#stale.delete(kind);
    if (kind === "home") this.#running.push(this.#ask("home"));
    else if (this.#pages === 1) this.#running.push(this.#ask(PAGE));
  }

  async #ask(what: string): Promise<{ readonly next?: string } | undefined> {
    this.#answers.all += 1;
    try {
      const answer = await this.#rig.ask(what, this.#token);
      if (!answer.ok) {
        this.#answers.failed += 1;
        this.#answers.why ??= `${what}: ${answer.status}`;
      }
      return (await answer.json()) as { readonly next?: string };
    } catch (error) {
      this.#answers.failed += 1;
      this.#answers.why ??= causeOf(error);
      return undefined;
    }
  }
}
