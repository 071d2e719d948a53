import { createHash } from "node:crypto";

const KEPT_MS = 86_400_000;
/** What is kept at most; the oldest go first. */
const MOST = { answers: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** An answer as it was sent. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Kept {
  readonly request: string;
  readonly atMs: number;
  /** Undefined: the request is being worked on. */
  answer: KeptAnswer | undefined;
}

/** What a key means for a request that came with it. */
export type Claim =
  | { readonly type: "new" }
  | { readonly type: "answered"; readonly answer: KeptAnswer }
  | { readonly type: "inUse" | "reused" };

/**
 * Answers to requests that came with an Idempotency-Key, for 24 hours, so that one that is repeated makes nothing a second
 * time. They are kept in memory: after a restart a repeated request is a new one, which the unique names of things refuse (docs/adr/0075).
 */
export class Idempotency {
  readonly #kept = new Map<string, Kept>();
  readonly #monotonicMs: () => number;
  #bytes = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** `place`: whose key it is, and for what; `request`: all that the request says. */
  claim(place: string, request: string): Claim {
    this.#forgetOld();
    const fingerprint = createHash("sha256").update(request).digest("base64");
    const known = this.#kept.get(place);
    if (known === undefined) {
      this.#kept.set(place, { request: fingerprint, atMs: this.#monotonicMs(), answer: undefined });
      return { type: "new" };
    }
    if (known.request !== fingerprint) return { type: "reused" };
    return known.answer === undefined ? { type: "inUse" } : { type: "answered", answer: known.answer };
  }

  /** How the request of a new claim ended; undefined: it made nothing, and may come again with the same key. */
  settle(place: string, answer: KeptAnswer | undefined): void {
    const known = this.#kept.get(place);
    if (known === undefined) return;
    if (answer === undefined) {
      this.#kept.delete(place);
      return;
    }
    known.answer = answer;
    this.#bytes += answer.body.length;
  }

  #forgetOld(): void {
    const oldest = this.#monotonicMs() - KEPT_MS;
    for (const [place, kept] of this.#kept) {
      const isTooMuch = this.#kept.size >= MOST.answers || this.#bytes > MOST.bytes;
      if (kept.atMs >= oldest && !isTooMuch) break;
      this.#kept.delete(place);
      this.#bytes -= kept.answer?.body.length ?? 0;
    }
  }
}
