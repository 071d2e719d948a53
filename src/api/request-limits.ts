import { GenerationCache } from "../lib/generation-cache.ts";
import { SourceLimiter } from "../lib/source-limiter.ts";

const MINUTE_MS = 60_000;

/** Requests of one token or user: 300 at once, then 5 a second, so that no minute has more than 600. */
export const TOKEN_REQUESTS = { atOnce: 300, perSecond: 5 } as const;
/** Requests a minute of one source (IPv4 address, IPv6 /64) that show no valid token. */
export const SOURCE_REQUESTS = { perMinute: 600, open: 6000, signIn: 60, wrongTokens: 10 } as const;
const MAX_SOURCES = 4096;

/** What a request is, as far as limits go. */
export type Asking =
  /** Of somebody who is known: with a token, or signed in. */
  | "authorised"
  /** One of the open routes, to read. */
  | "open"
  /** Of an open route with a body: to sign in. */
  | "signIn"
  /** Without a token, or of what is not there. */
  | "stranger"
  | "wrongToken";

/** How many requests there may be. The right token is always looked at, so that nobody is shut out by others' guesses. */
export class RequestLimits {
  readonly #bySource = {
    open: limiter(SOURCE_REQUESTS.open),
    signIn: limiter(SOURCE_REQUESTS.signIn),
    stranger: limiter(SOURCE_REQUESTS.perMinute),
    wrongToken: limiter(SOURCE_REQUESTS.wrongTokens),
  };
  /** When what somebody has used up will have come back (the generic cell rate algorithm, ITU-T I.371). */
  readonly #restoredAtMs = new GenerationCache<string, number>(MAX_SOURCES);

  /**
   * Charges a request; the value is in how many seconds to come again, or undefined: it may be served. `who`: whose token or
   * session it is; of strangers the address.
   */
  take(asking: Asking, who: string, nowMs: number): number | undefined {
    if (asking === "authorised") return this.#takeOfKnown(who, nowMs);
    const overspent = this.#bySource[asking].take(who, nowMs);
    return overspent === undefined ? undefined : MINUTE_MS / 1000;
  }

  #takeOfKnown(who: string, nowMs: number): number | undefined {
    const everyMs = 1000 / TOKEN_REQUESTS.perSecond;
    const restoredAt = Math.max(this.#restoredAtMs.get(who) ?? 0, nowMs);
    const tooEarlyMs = restoredAt + everyMs - nowMs - TOKEN_REQUESTS.atOnce * everyMs;
    if (tooEarlyMs > 0) return Math.ceil(tooEarlyMs / 1000);
    this.#restoredAtMs.set(who, restoredAt + everyMs);
    return undefined;
  }
}

function limiter(units: number): SourceLimiter {
  return new SourceLimiter({ source: { units, windowMs: MINUTE_MS }, maxSources: MAX_SOURCES });
}
