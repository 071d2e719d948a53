import type { Topic } from "../../../../src/api/contract/events.ts";

/** What pages follow. */
export const FOLLOWED = [
  "call.started",
  "call.updated",
  "call.ended",
  "phone.registered",
  "phone.lost",
  "phone.refused",
  "trunk.changed",
  "webhook.health",
  "config.changed",
  "draft.changed",
  "alert.raised",
  "alert.cleared",
  "practice.asked",
  "job.progress",
] as const satisfies readonly Topic[];

/** Something that happened; `reset`: something is missing, and all has to be read anew. */
export interface Happening {
  readonly topic: (typeof FOLLOWED)[number] | "reset";
  readonly data: unknown;
}

/** How the connection is. */
export type Link = "connecting" | "up" | "lost";

/** What of an EventSource is used. */
export interface Source {
  addEventListener(
    type: string,
    listener: (event: { readonly data?: unknown; readonly lastEventId?: string }) => void,
  ): void;
  close(): void;
}

export interface FeedParts {
  open(address: string): Source;
  /** Runs something later; answers how to stop that. */
  after(ms: number, run: () => void): () => void;
  /** From 0 to 1. */
  random(): number;
  happened(happening: Happening, id: string | undefined): void;
  linked(link: Link): void;
}

const FIRST_WAIT_MS = 500;
/** A server that was started anew is back for everybody within it. */
const LONGEST_WAIT_MS = 5_000;
/** The server says something every 15 s. */
const SILENT_MS = 40_000;

/**
 * One connection on which the server tells what happens. When it breaks it is made again, later each time, and goes on behind
 * the last event: the browser's own reconnecting gives up at the first answer that is none, and knows no silence.
 */
export class Feed {
  readonly #parts: FeedParts;
  #last: string | undefined;
  #source: Source | undefined;
  #tries = 0;
  #wasLost = false;
  #stopWait: (() => void) | undefined;
  #stopWatch: (() => void) | undefined;

  /** `last`: the last event that is known already. */
  constructor(parts: FeedParts, last?: string) {
    this.#parts = parts;
    this.#last = last;
  }

  start(): void {
    this.#stopWait?.();
    const after = this.#last === undefined ? "" : `&after=${encodeURIComponent(this.#last)}`;
    const source = this.#parts.open(`/api/v1/events?topics=${FOLLOWED.join(",")}${after}`);
    this.#source = source;
    this.#listen();
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#broke(source));
    source.addEventListener("alive", () => this.#listen());
    for (const topic of [...FOLLOWED, "reset"] as const)
      source.addEventListener(topic, ({ data, lastEventId }) => {
        this.#listen();
        if (lastEventId !== undefined && lastEventId !== "") this.#last = lastEventId;
        this.#parts.happened({ topic, data: read(data) }, this.#last);
      });
  }

  stop(): void {
    this.#stopWait?.();
    this.#stopWatch?.();
    this.#source?.close();
    this.#source = undefined;
  }

  /** The browser says that it is on the network again. */
  retryNow(): void {
    if (this.#source !== undefined) return;
    this.#tries = 0;
    this.start();
  }

  #opened(): void {
    this.#tries = 0;
    this.#parts.linked("up");
    // Without an event that was seen the server cannot say what is missing.
    if (this.#wasLost && this.#last === undefined)
      this.#parts.happened({ topic: "reset", data: {} }, undefined);
    this.#wasLost = false;
  }

  #broke(source: Source): void {
    if (source !== this.#source) return;
    source.close();
    this.#source = undefined;
    this.#stopWatch?.();
    this.#wasLost = true;
    this.#parts.linked("lost");
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries);
    this.#tries += 1;
    this.#stopWait = this.#parts.after(most * (0.5 + this.#parts.random() / 2), () => this.start());
  }

  /** Something came: from now on silence is counted anew. */
  #listen(): void {
    const source = this.#source;
    this.#stopWatch?.();
    if (source !== undefined) this.#stopWatch = this.#parts.after(SILENT_MS, () => this.#broke(source));
  }
}

function read(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}
