import type { Counters } from "../../lib/counters.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import type { Clock } from "../../runtime/clock.ts";
import { sourceKey } from "./address.ts";

export interface GuardLimits {
  /** Requests that an unknown source may send in one window. */
  readonly requestsPerWindow: number;
  readonly windowMs: number;
  /** Requests in one window from which on a source is banned, if it has shown that it receives what we send. */
  readonly floodRequests: number;
  readonly floodBanMs: number;
  /** Stateless answers to faulty messages that one source gets in a second. */
  readonly faultAnswersPerSecond: number;
  /** Sources that are remembered; the ones that were silent longest are forgotten. */
  readonly maxSources: number;
  /** Bans that are remembered at once. */
  readonly maxBans: number;
  /** For how long the peers that we sent a request to may send without a limit. */
  readonly contactedMs: number;
}

export const defaultGuardLimits: GuardLimits = {
  requestsPerWindow: 16,
  windowMs: 2_000,
  floodRequests: 64,
  floodBanMs: 300_000,
  faultAnswersPerSecond: 20,
  maxSources: 50_000,
  maxBans: 10_000,
  contactedMs: 600_000,
};

export type DropReason = "banned" | "rate" | "scanner";

export interface GuardOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  /**
   * True for a trunk, an allow-listed network or the source of a registered phone: never limited, never banned.
   * Asked at most once a second for each source.
   */
  readonly isKnown: (address: string) => boolean;
  readonly limits?: Partial<GuardLimits>;
}

/** Who may speak to us and how fast. Decides only: whoever asks also drops, answers or closes. */
export interface Guard {
  /**
   * Whether octets from this address are worth reading. `proven` is true where the source cannot be forged: on a
   * stream. Undefined means yes.
   */
  admit(address: string, proven: boolean): "banned" | "rate" | undefined;
  /** Whether a request that has been read is from a scanner, which gets no answer at all. */
  isScanner(address: string, userAgent: string | undefined): boolean;
  isKnown(address: string): boolean;
  isBanned(address: string): boolean;
  /**
   * Refuses an address for some time. The caller answers for it that the address is not forged (on UDP: it has
   * answered one of our nonces). Known sources are never banned: returns false for them.
   */
  ban(address: string, durationMs: number): boolean;
  unban(address: string): void;
  /** The address has answered something that only we and it know, so it may be banned for a flood over UDP. */
  provedReturnPath(address: string): void;
  /** We send a request there of our own accord: what comes back is no flood. */
  contacted(address: string): void;
  /** Whether one more stateless answer to a faulty message may go to this address; counts it. */
  mayAnswerFault(address: string): boolean;
  /** Forgets what is known about everyone's standing: to be called when trunks or allow-lists have changed. */
  recheck(): void;
  counts(): { readonly sources: number; readonly bans: number };
}

/** A window of requests, shared by the addresses of one IPv6 /64. */
interface Bucket {
  startedAt: number;
  count: number;
  faultStartedAt: number;
  faults: number;
  proven: boolean;
}

interface Source {
  known: boolean;
  checkedAt: number;
  /** Made at the first message that is counted. */
  bucket: Bucket | undefined;
}

const KNOWN_FOR_MS = 1_000;

/** User-Agent values of the tools that scan the internet for open SIP servers (reliability B1), lower-case. */
const SCANNERS = [
  "friendly-scanner",
  "friendly-request",
  "sipcli",
  "sipvicious",
  "sundayddr",
  "vaxsipuseragent",
  "vaxasip",
  "pplsip",
  "sipptk",
  "sip-scan",
  "sipscan",
  "sivus",
  "voipaudit",
] as const;

/** Builds the guard of all listeners. */
export function createGuard(options: GuardOptions): Guard {
  return new SourceGuard(options);
}

class SourceGuard implements Guard {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #ask: (address: string) => boolean;
  readonly #limits: GuardLimits;
  readonly #sources: GenerationCache<string, Source>;
  /** The source that was asked for last: a message asks twice, and the next is often from there too. */
  #latest: { readonly address: string; readonly source: Source } | undefined;
  readonly #buckets: GenerationCache<string, Bucket>;
  readonly #contacted: GenerationCache<string, { until: number }>;
  /**
   * Kept apart from the sources: these only get in with a proven address, so that a flood from forged ones cannot
   * push a ban out.
   */
  readonly #bans = new Map<string, number>();

  constructor({ clock, counters, isKnown, limits }: GuardOptions) {
    this.#clock = clock;
    this.#counters = counters;
    this.#ask = isKnown;
    this.#limits = { ...defaultGuardLimits, ...limits };
    this.#sources = new GenerationCache(this.#limits.maxSources);
    this.#buckets = new GenerationCache(this.#limits.maxSources);
    this.#contacted = new GenerationCache(this.#limits.maxSources);
  }

  admit(address: string, proven: boolean): "banned" | "rate" | undefined {
    const now = this.#clock.now();
    const source = this.#source(address, now);
    if (source.known) return undefined;
    const contacted = this.#contacted.get(address);
    if (contacted !== undefined && contacted.until > now) return undefined;
    if (this.#bans.size > 0 && this.#bannedAt(address, now)) return this.#drop("banned");
    const bucket = this.#bucket(source, address, now);
    if (proven) bucket.proven = true;
    if (now - bucket.startedAt >= this.#limits.windowMs) {
      bucket.startedAt = now;
      bucket.count = 0;
    }
    bucket.count += 1;
    const excess = bucket.count - this.#limits.requestsPerWindow;
    if (excess <= 0) return undefined;
    // Looked at once more where it begins to matter: one of the phones behind this address may just have registered.
    if (excess === 1 && this.#recheck(source, address, now)) return undefined;
    // Anyone can write somebody else's address on a datagram: silence costs that one only the flood itself, a ban
    // would lock them out (reliability B3). Hence a ban only where the address is proven.
    if (bucket.proven && bucket.count >= this.#limits.floodRequests)
      this.ban(address, this.#limits.floodBanMs);
    return this.#drop("rate");
  }

  isScanner(address: string, userAgent: string | undefined): boolean {
    if (userAgent === undefined) return false;
    if (this.#source(address, this.#clock.now()).known) return false;
    const lower = userAgent.slice(0, 200).toLowerCase();
    if (!SCANNERS.some((scanner) => lower.includes(scanner))) return false;
    this.#drop("scanner");
    return true;
  }

  isKnown(address: string): boolean {
    return this.#source(address, this.#clock.now()).known;
  }

  isBanned(address: string): boolean {
    const now = this.#clock.now();
    return !this.#source(address, now).known && this.#bannedAt(address, now);
  }

  ban(address: string, durationMs: number): boolean {
    const now = this.#clock.now();
    // Asked anew: a phone that has just registered must not be caught by an answer of a second ago.
    if (this.#ask(address)) return false;
    const key = sourceKey(address);
    const until = Math.max(this.#bans.get(key) ?? 0, now + durationMs);
    this.#bans.delete(key);
    if (this.#bans.size >= this.#limits.maxBans) this.#forgetBans(now);
    this.#bans.set(key, until);
    this.#counters.add("sip_sources_banned");
    return true;
  }

  unban(address: string): void {
    this.#bans.delete(sourceKey(address));
  }

  provedReturnPath(address: string): void {
    const now = this.#clock.now();
    this.#bucket(this.#source(address, now), address, now).proven = true;
  }

  contacted(address: string): void {
    const until = this.#clock.now() + this.#limits.contactedMs;
    const entry = this.#contacted.get(address);
    if (entry === undefined) this.#contacted.set(address, { until });
    else entry.until = until;
  }

  mayAnswerFault(address: string): boolean {
    const now = this.#clock.now();
    const bucket = this.#bucket(this.#source(address, now), address, now);
    if (now - bucket.faultStartedAt >= 1_000) {
      bucket.faultStartedAt = now;
      bucket.faults = 0;
    }
    bucket.faults += 1;
    return bucket.faults <= this.#limits.faultAnswersPerSecond;
  }

  recheck(): void {
    this.#sources.clear();
    this.#latest = undefined;
  }

  counts(): { readonly sources: number; readonly bans: number } {
    return { sources: this.#sources.size, bans: this.#bans.size };
  }

  #source(address: string, now: number): Source {
    const found = this.#latest?.address === address ? this.#latest.source : this.#sources.get(address);
    if (found === undefined) {
      const source: Source = { known: this.#ask(address), checkedAt: now, bucket: undefined };
      this.#sources.set(address, source);
      return source;
    }
    if (this.#latest?.source !== found) this.#latest = { address, source: found };
    if (now - found.checkedAt >= KNOWN_FOR_MS) this.#recheck(found, address, now);
    return found;
  }

  #recheck(source: Source, address: string, now: number): boolean {
    source.known = this.#ask(address);
    source.checkedAt = now;
    return source.known;
  }

  #bucket(source: Source, address: string, now: number): Bucket {
    if (source.bucket !== undefined) return source.bucket;
    const key = sourceKey(address);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { startedAt: now, count: 0, faultStartedAt: now, faults: 0, proven: false };
      this.#buckets.set(key, bucket);
    }
    source.bucket = bucket;
    return bucket;
  }

  #bannedAt(address: string, now: number): boolean {
    const key = sourceKey(address);
    const until = this.#bans.get(key);
    if (until === undefined) return false;
    if (until > now) return true;
    this.#bans.delete(key);
    return false;
  }

  /** Makes room: first the bans that are over, then the oldest. */
  #forgetBans(now: number): void {
    for (const [key, until] of this.#bans) if (until <= now) this.#bans.delete(key);
    for (const key of this.#bans.keys()) {
      if (this.#bans.size < this.#limits.maxBans) return;
      this.#bans.delete(key);
    }
  }

  #drop<R extends DropReason>(reason: R): R {
    this.#counters.add(DROPPED[reason]);
    return reason;
  }
}

const DROPPED: Readonly<Record<DropReason, string>> = {
  banned: 'sip_datagrams_dropped{reason="banned"}',
  rate: 'sip_datagrams_dropped{reason="rate"}',
  scanner: 'sip_datagrams_dropped{reason="scanner"}',
};
