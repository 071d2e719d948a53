import type { Allowance } from "../../lib/spending.ts";

/**
 * What a party that we know may send. What begins something costs a transaction, a look at credentials or a call; what
 * follows on something (responses, ACK, BYE, CANCEL, PRACK, UPDATE, INFO) costs a look-up, and has an allowance of its
 * own, so that no flood of new requests keeps a call from being answered or ended (reliability G2).
 */
export interface Means {
  readonly begins: Allowance;
  readonly follows: Allowance;
}

export interface GuardLimits {
  /** Messages that an unknown source may send in one window; keep-alives over streams are counted apart, as many. */
  readonly requestsPerWindow: number;
  readonly windowMs: number;
  /**
   * For all unknown sources together: forged addresses are as many as the forger likes. Its window is short, for what it
   * lets in comes at once, and a call waits behind it. The same is true of a trunk's. What is saved covers 0.3 to 0.5 s in
   * which we could not read.
   */
  readonly strangers: Allowance;
  /** Messages in one window from which on a source is banned, if it has shown that it receives what we send. */
  readonly floodRequests: number;
  readonly floodBanMs: number;
  /** Pieces of a stream in one window that end no message, from one unknown source. */
  readonly piecesPerWindow: number;
  /** For each phone that is registered from an address: messages over new streams from there in one window. */
  readonly newcomersPerPhone: number;
  readonly phone: Means;
  readonly trunk: Means;
  /** What each of a trunk's first eight flows has before the trunk's own allowance is touched. */
  readonly trunkFlow: Means;
  /** The part of a trunk's allowance for what begins something that other flows than its first eight may take. */
  readonly trunkOthers: Allowance;
  /** Stateless answers to faulty messages that one source gets in a second. */
  readonly faultAnswersPerSecond: number;
  /** Sources that are remembered; the ones that were silent longest are forgotten. */
  readonly maxSources: number;
  /** Bans that are remembered at once. */
  readonly maxBans: number;
  /** For how long whom we sent a request to counts as a trunk. */
  readonly contactedMs: number;
}

export const defaultGuardLimits: GuardLimits = {
  requestsPerWindow: 16,
  windowMs: 2_000,
  strangers: { units: 250, windowMs: 250, savedWindows: 1 },
  floodRequests: 64,
  floodBanMs: 300_000,
  piecesPerWindow: 128,
  newcomersPerPhone: 8,
  phone: { begins: { units: 100, windowMs: 2_000 }, follows: { units: 400, windowMs: 2_000 } },
  trunk: {
    begins: { units: 200, windowMs: 100, savedWindows: 2 },
    follows: { units: 800, windowMs: 100, savedWindows: 2 },
  },
  trunkFlow: {
    begins: { units: 25, windowMs: 250, savedWindows: 3 },
    follows: { units: 100, windowMs: 250, savedWindows: 3 },
  },
  trunkOthers: { units: 50, windowMs: 100, savedWindows: 2 },
  faultAnswersPerSecond: 20,
  maxSources: 50_000,
  maxBans: 10_000,
  contactedMs: 600_000,
};
