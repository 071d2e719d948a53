import type { Clock } from "../../runtime/clock.ts";
import { sourceKey } from "../transport/address.ts";

/** Numbers of the guard; the defaults are those of reliability row B3. */
export interface GuardLimits {
  /** Wrong passwords within `windowMs` after which a source, or one account at one source, is refused. */
  readonly failures: number;
  readonly windowMs: number;
  /** The first refusal; each further one lasts twice as long, up to `maxRefusalMs`. */
  readonly refusalMs: number;
  readonly maxRefusalMs: number;
  /** An account is closed to strangers only when its failures come from at least so many sources. */
  readonly accountSources: number;
  /** How long a source that proved an account stays known for it. */
  readonly provenMs: number;
  /** Entries in each table; the longest unused go first. */
  readonly tableSize: number;
}

const HOUR = 3_600_000;

export const defaultGuardLimits: GuardLimits = {
  failures: 5,
  windowMs: 600_000,
  refusalMs: 600_000,
  maxRefusalMs: 24 * HOUR,
  accountSources: 3,
  provenMs: 24 * HOUR,
  tableSize: 50_000,
};

/** Told once when a refusal begins. */
export interface Refusal {
  /** A whole source, one account at one source, or one account for all sources that never proved it. */
  readonly scope: "source" | "pair" | "account";
  /** The source whose failure began it. */
  readonly source: string;
  readonly account: string;
  readonly forMs: number;
  /**
   * Some account has registered from this source within `provenMs`: the source must not be shut out below SIP,
   * since honest phones share it (NAT).
   */
  readonly sharedWithProven: boolean;
}

export interface CredentialsGuardPorts {
  readonly clock: Clock;
  /** Trunks and allow-listed networks: never counted, never refused. */
  readonly isTrusted: (address: string) => boolean;
  readonly onRefusal?: (refusal: Refusal) => void;
}

/**
 * Counts wrong passwords and says whose are still looked at (reliability B3). A guess must be reported only
 * after its sender has answered one of our nonces, so a forged UDP source can have nobody refused.
 */
export interface CredentialsGuard {
  /** Whether credentials for this account from this source are evaluated at all. */
  allows(address: string, account: string): boolean;
  /** Credentials were evaluated and wrong. The account need not exist; unknown ones count the same. */
  failed(address: string, account: string): void;
  /** Credentials were right, or a binding from here was restored. */
  succeeded(address: string, account: string): void;
  /** Table sizes, for metrics and leak checks. */
  counts(): {
    readonly sources: number;
    readonly pairs: number;
    readonly accounts: number;
    readonly proven: number;
  };
}

/** What is remembered of one key: who failed when, and how often it has been refused. */
interface Tally {
  readonly failures: { readonly at: number; readonly source: string }[];
  refusals: number;
  refusedUntil: number;
  lastFailureAt: number;
}

/** More failures than this are never remembered for one key. */
const MAX_REMEMBERED = 16;
const MAX_ACCOUNT_LENGTH = 128;
/** How far eviction looks for an entry that is not refused at the moment. */
const EVICTION_LOOKS = 8;

/** Tallies by key, the least recently failed first, never more than `size`. */
class TallyTable {
  readonly #limits: GuardLimits;
  readonly #tallies = new Map<string, Tally>();

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#tallies.size;
  }

  refused(key: string, now: number): boolean {
    const tally = this.#tallies.get(key);
    return tally !== undefined && tally.refusedUntil > now;
  }

  /** Counts a failure; the length of the refusal that it begins, or 0. */
  fail(key: string, source: string, now: number, minSources: number): number {
    const tally = this.#take(key, now);
    this.#tallies.set(key, tally);
    tally.lastFailureAt = now;
    while (tally.failures[0] !== undefined && tally.failures[0].at <= now - this.#limits.windowMs) {
      tally.failures.shift();
    }
    tally.failures.push({ at: now, source });
    if (tally.failures.length > MAX_REMEMBERED) tally.failures.shift();
    if (tally.refusedUntil > now || tally.failures.length < this.#limits.failures) return 0;
    if (minSources > 1 && new Set(tally.failures.map((failure) => failure.source)).size < minSources)
      return 0;
    const forMs = Math.min(this.#limits.refusalMs * 2 ** tally.refusals, this.#limits.maxRefusalMs);
    tally.refusals += 1;
    tally.refusedUntil = now + forMs;
    tally.failures.length = 0;
    return forMs;
  }

  forget(key: string): void {
    this.#tallies.delete(key);
  }

  /** The key's tally, taken out of its place in the order; a new one when there is none or it is too old to matter. */
  #take(key: string, now: number): Tally {
    const known = this.#tallies.get(key);
    if (known === undefined) {
      if (this.#tallies.size >= this.#limits.tableSize) this.#evict(now);
    } else {
      this.#tallies.delete(key);
      const quietSince = Math.max(known.lastFailureAt, known.refusedUntil);
      if (now - quietSince < this.#limits.maxRefusalMs) return known;
    }
    return { failures: [], refusals: 0, refusedUntil: 0, lastFailureAt: now };
  }

  #evict(now: number): void {
    let victim: string | undefined;
    let looks = 0;
    for (const [key, tally] of this.#tallies) {
      victim ??= key;
      if (tally.refusedUntil <= now) {
        victim = key;
        break;
      }
      looks += 1;
      if (looks >= EVICTION_LOOKS) break;
    }
    if (victim !== undefined) this.#tallies.delete(victim);
  }
}

/** Sources that have proved an account: source → account → when last. The longest unused source goes first. */
class ProvenTable {
  readonly #limits: GuardLimits;
  readonly #accountsBySource = new Map<string, Map<string, number>>();
  #size = 0;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#size;
  }

  has(source: string, account: string, now: number): boolean {
    const at = this.#accountsBySource.get(source)?.get(account);
    return at !== undefined && now - at < this.#limits.provenMs;
  }

  hasAny(source: string, now: number): boolean {
    for (const at of this.#accountsBySource.get(source)?.values() ?? []) {
      if (now - at < this.#limits.provenMs) return true;
    }
    return false;
  }

  put(source: string, account: string, now: number): void {
    const accounts = this.#accountsBySource.get(source) ?? new Map<string, number>();
    this.#accountsBySource.delete(source);
    this.#accountsBySource.set(source, accounts);
    if (!accounts.has(account)) this.#size += 1;
    accounts.set(account, now);
    while (this.#size > this.#limits.tableSize) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [source, accounts] of this.#accountsBySource) {
      this.#accountsBySource.delete(source);
      this.#size -= accounts.size;
      return;
    }
  }
}

/**
 * Builds the guard. Three counts run side by side: per source, per account at a source, and per account over
 * several sources. The last closes the account only to sources that never proved it, so that nobody can lock
 * the true user out from elsewhere; and a source's refusal spares the accounts that it has proved, so that one
 * mistyped password in an office does not silence the others behind the same address.
 */
export function createCredentialsGuard(
  ports: CredentialsGuardPorts,
  limits = defaultGuardLimits,
): CredentialsGuard {
  const { clock } = ports;
  const sources = new TallyTable(limits);
  const pairs = new TallyTable(limits);
  const accounts = new TallyTable(limits);
  const proven = new ProvenTable(limits);
  const nameOf = (account: string): string => account.slice(0, MAX_ACCOUNT_LENGTH);
  return {
    allows(address, accountName) {
      if (ports.isTrusted(address)) return true;
      const now = clock.now();
      const source = sourceKey(address);
      const account = nameOf(accountName);
      if (pairs.refused(`${source} ${account}`, now)) return false;
      if (proven.has(source, account, now)) return true;
      return !sources.refused(source, now) && !accounts.refused(account, now);
    },
    failed(address, accountName) {
      if (ports.isTrusted(address)) return;
      const now = clock.now();
      const source = sourceKey(address);
      const account = nameOf(accountName);
      const tell = (scope: Refusal["scope"], forMs: number): void => {
        if (forMs === 0) return;
        ports.onRefusal?.({ scope, source, account, forMs, sharedWithProven: proven.hasAny(source, now) });
      };
      tell("pair", pairs.fail(`${source} ${account}`, source, now, 1));
      tell("source", sources.fail(source, source, now, 1));
      tell("account", accounts.fail(account, source, now, limits.accountSources));
    },
    succeeded(address, accountName) {
      const now = clock.now();
      const source = sourceKey(address);
      const account = nameOf(accountName);
      // The source's own count stays: a guesser must not clear it with an account that he owns.
      pairs.forget(`${source} ${account}`);
      proven.put(source, account, now);
    },
    counts: () => ({
      sources: sources.size,
      pairs: pairs.size,
      accounts: accounts.size,
      proven: proven.size,
    }),
  };
}
