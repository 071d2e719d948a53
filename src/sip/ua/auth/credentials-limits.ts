import type { LaneShape } from "./evaluation-lane.ts";
import type { ProvenLimits } from "./proven-devices.ts";

/**
 * How loud a stranger is at an account: nothing came from its address lately; something did, but little from its
 * flow; or it goes on and on. Each has lanes of its own, so whoever is louder takes nothing from who is quieter.
 */
export type Class = "fresh" | "few" | "many";

/** Numbers of the guard of credentials; docs/adr/0035 has their arithmetic, a test holds the two together. */
export interface CredentialsLimits {
  /** For all strangers together at one account, and for one source at all accounts together. */
  readonly account: Readonly<Record<Class, LaneShape>>;
  readonly source: Readonly<Record<Class, LaneShape>>;
  readonly proven: ProvenLimits;
  /** Attempts of an address at an account from which on no flow there is fresh; one is forgotten each `pairLeakMs`. */
  readonly freshAttempts: number;
  readonly pairLeakMs: number;
  /** Attempts of a flow from which on it is one of the many; one is forgotten each `flowLeakMs`. */
  readonly fewAttempts: number;
  readonly flowLeakMs: number;
  /** Entries in each table; the longest unused go first. */
  readonly tableSize: number;
  /** The longest that a request is kept for its turn. */
  readonly longestWaitMs: number;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

// The slow paces are primes: a guesser who counts in round seconds does not meet them.
export const defaultCredentialsLimits: CredentialsLimits = {
  account: {
    fresh: { burst: 5, everyMs: SECOND_MS, total: 10, refillMs: 11 * SECOND_MS },
    few: { burst: 3, everyMs: SECOND_MS, total: 5, refillMs: 17 * SECOND_MS },
    many: { burst: 1, everyMs: SECOND_MS, total: 2, refillMs: 61 * SECOND_MS },
  },
  source: {
    fresh: { burst: 5, everyMs: SECOND_MS, total: 10, refillMs: 11 * SECOND_MS },
    few: { burst: 5, everyMs: SECOND_MS, total: 8, refillMs: 7 * SECOND_MS },
    many: { burst: 1, everyMs: SECOND_MS, total: 2, refillMs: 61 * SECOND_MS },
  },
  proven: {
    lane: { burst: 2, everyMs: SECOND_MS, total: 2, refillMs: 31 * SECOND_MS },
    provenMs: 30 * DAY_MS,
    accounts: 50_000,
    marksPerAccount: 40,
  },
  freshAttempts: 2,
  pairLeakMs: 60 * SECOND_MS,
  fewAttempts: 8,
  flowLeakMs: 5 * SECOND_MS,
  tableSize: 10_000,
  longestWaitMs: SECOND_MS,
};
