import { GenerationCache } from "../../lib/generation-cache.ts";
import { networkKey, sourceKey } from "../../lib/source-key.ts";
import { SourceLimiter } from "../../lib/source-limiter.ts";
import { nameKey } from "./names.ts";

const MINUTE_MS = 60_000;
/** Tries to sign in that are looked at, of one source (IPv4 address, IPv6 /64) and of all together, in a minute. */
export const SIGN_IN_TRIES = { perSource: 60, all: 240 } as const;
/** Tries in a row that did not succeed and cost nothing; then each costs twice the wait of the one before. */
export const FREE_TRIES = 5;
/** Behind a proxy on this machine everybody has its address. */
const FREE_TRIES_OF_LOOPBACK = 50;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * MINUTE_MS;
/** Without a try for so long all is forgotten. */
const FORGET_MS = 4 * LONGEST_WAIT_MS;
const MAX_REMEMBERED = 8192;

interface Row {
  /** Tries in a row that were looked at and did not succeed. */
  failures: number;
  triedAtMs: number;
  notBeforeMs: number;
}

/**
 * How often one may try to sign in: after five tries that failed each waits twice as long as the one before, 1 s to 15 min, by
 * name and by source. A place from which somebody signed in before is counted by itself, so that guesses of others keep
 * nobody out. What comes too early is not looked at and prolongs nothing.
 */
export class SignInGuard {
  readonly #sources = new SourceLimiter({
    source: { units: SIGN_IN_TRIES.perSource, windowMs: MINUTE_MS },
    all: { units: SIGN_IN_TRIES.all, windowMs: MINUTE_MS },
    maxSources: MAX_REMEMBERED,
  });
  /** Known places count by themselves here too: what strangers spend together keeps nobody out. */
  readonly #knownSources = new SourceLimiter({
    source: { units: SIGN_IN_TRIES.perSource, windowMs: MINUTE_MS },
    maxSources: MAX_REMEMBERED,
  });
  readonly #rows = new GenerationCache<string, Row>(MAX_REMEMBERED);
  readonly #known = new GenerationCache<string, true>(MAX_REMEMBERED);

  /** Charges a try; the value is in how many seconds to come again, or undefined: it is looked at. */
  take(address: string, name: string, nowMs: number): number | undefined {
    const keys = this.#keysOf(address, name);
    const rows = keys.map(({ key, free }) => ({ free, row: this.#row(key, nowMs) }));
    const waitMs = Math.max(...rows.map(({ row }) => row.notBeforeMs - nowMs));
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    const sources = this.#isKnown(address, name) ? this.#knownSources : this.#sources;
    if (sources.take(address, nowMs) !== undefined) return MINUTE_MS / 1000;
    // As if it failed: whoever tries many at once has used them up before the first is looked at.
    for (const { row, free } of rows) {
      row.failures += 1;
      row.triedAtMs = nowMs;
      const over = row.failures - free;
      if (over >= 0) row.notBeforeMs = nowMs + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** over);
    }
    return undefined;
  }

  /** It succeeded: the place is known from now on, and nothing is held against it. */
  proved(address: string, name: string): void {
    for (const { key } of this.#keysOf(address, name)) this.#rows.delete(key);
    this.#known.set(placeOf(address, name), true);
  }

  #keysOf(address: string, name: string): readonly { readonly key: string; readonly free: number }[] {
    if (this.#isKnown(address, name)) return [{ key: `place ${placeOf(address, name)}`, free: FREE_TRIES }];
    const isLoopback = address === "::1" || address.startsWith("127.");
    const free = isLoopback ? FREE_TRIES_OF_LOOPBACK : FREE_TRIES;
    const network = networkKey(address);
    return [
      { key: `name ${nameKey(name)}`, free: FREE_TRIES },
      { key: `source ${sourceKey(address)}`, free },
      ...(network === undefined ? [] : [{ key: `network ${network}`, free: 4 * FREE_TRIES }]),
    ];
  }

  #isKnown(address: string, name: string): boolean {
    return this.#known.get(placeOf(address, name)) === true;
  }

  #row(key: string, nowMs: number): Row {
    const known = this.#rows.get(key);
    if (known !== undefined && nowMs - known.triedAtMs < FORGET_MS) return known;
    const row = { failures: 0, triedAtMs: nowMs, notBeforeMs: 0 };
    this.#rows.set(key, row);
    return row;
  }
}

function placeOf(address: string, name: string): string {
  return `${sourceKey(address)} ${nameKey(name)}`;
}
