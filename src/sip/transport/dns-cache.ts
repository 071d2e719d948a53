import type { Counters } from "../../lib/counters.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import { err, type Result } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { DnsAnswer, DnsFailure } from "./dns-port.ts";

export interface DnsCacheOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly maxEntries: number;
  /** How long an answer may be used after its time when the servers are silent (RFC 8767). */
  readonly staleMs: number;
  /** Questions under way at once; further ones fail at once. */
  readonly maxInFlight: number;
}

type Answer = Result<DnsAnswer<unknown>, DnsFailure>;

interface Entry {
  answer: Answer | undefined;
  freshUntil: number;
  staleUntil: number;
  pending: Promise<Answer> | undefined;
}

const MIN_TTL_MS = 5_000;
const MAX_TTL_MS = 3_600_000;
const NOT_FOUND_MS = 30_000;
/** After a failure the old answer serves without asking again for so long, so that calls do not wait each time. */
const RETRY_AFTER_FAILURE_MS = 30_000;
const RETRY_WITHOUT_ANSWER_MS = 2_000;

/** Keeps DNS answers for their time, asks once where many want to know, and falls back on old answers (reliability H4). */
export class DnsCache {
  readonly #options: DnsCacheOptions;
  readonly #entries: GenerationCache<string, Entry>;
  #inFlight = 0;

  constructor(options: DnsCacheOptions) {
    this.#options = options;
    this.#entries = new GenerationCache(options.maxEntries);
  }

  /** The answer if it is at hand and fresh, without asking anyone. */
  peek<R>(key: string): Result<DnsAnswer<R>, DnsFailure> | undefined {
    const entry = this.#entries.get(key);
    if (entry?.answer === undefined || entry.freshUntil <= this.#options.clock.now()) return undefined;
    return entry.answer as Result<DnsAnswer<R>, DnsFailure>;
  }

  /** The answer for a key, which names one type of record: `ask` is called only if none is at hand. */
  async get<R>(
    key: string,
    ask: () => Promise<Result<DnsAnswer<R>, DnsFailure>>,
  ): Promise<Result<DnsAnswer<R>, DnsFailure>> {
    const known = this.peek<R>(key);
    if (known !== undefined) return known;
    const entry = this.#entry(key);
    if (entry.pending === undefined) {
      if (this.#inFlight >= this.#options.maxInFlight)
        return this.#fallBack(entry) as Result<DnsAnswer<R>, DnsFailure>;
      entry.pending = this.#ask(entry, ask);
    }
    return (await entry.pending) as Result<DnsAnswer<R>, DnsFailure>;
  }

  async #ask<R>(entry: Entry, ask: () => Promise<Result<DnsAnswer<R>, DnsFailure>>): Promise<Answer> {
    this.#inFlight += 1;
    this.#options.counters.add("sip_dns_queries");
    try {
      return this.#keep(entry, await ask());
    } finally {
      this.#inFlight -= 1;
      entry.pending = undefined;
    }
  }

  #keep(entry: Entry, answer: Answer): Answer {
    const now = this.#options.clock.now();
    if (answer.ok) {
      const ttlMs = Math.min(MAX_TTL_MS, Math.max(MIN_TTL_MS, answer.value.ttlMs));
      entry.answer = answer;
      entry.freshUntil = now + ttlMs;
      entry.staleUntil = entry.freshUntil + this.#options.staleMs;
      return answer;
    }
    if (answer.error === "notFound") {
      entry.answer = answer;
      entry.freshUntil = now + NOT_FOUND_MS;
      entry.staleUntil = entry.freshUntil;
      return answer;
    }
    this.#options.counters.add("sip_dns_failures");
    return this.#fallBack(entry);
  }

  #fallBack(entry: Entry): Answer {
    const now = this.#options.clock.now();
    if (entry.answer?.ok === true && entry.staleUntil > now) {
      this.#options.counters.add("sip_dns_stale_answers");
      entry.freshUntil = now + RETRY_AFTER_FAILURE_MS;
      return entry.answer;
    }
    entry.answer = err("failed");
    entry.freshUntil = now + RETRY_WITHOUT_ANSWER_MS;
    entry.staleUntil = entry.freshUntil;
    return entry.answer;
  }

  #entry(key: string): Entry {
    const found = this.#entries.get(key);
    if (found !== undefined) return found;
    const entry: Entry = { answer: undefined, freshUntil: 0, staleUntil: 0, pending: undefined };
    this.#entries.set(key, entry);
    return entry;
  }
}
