/** The three base values, in milliseconds (RFC 3261 §17.1.1.1). */
export interface BaseTimers {
  /** Estimate of the round trip. */
  readonly t1: number;
  /** Longest interval between retransmissions of a non-INVITE request or an INVITE response. */
  readonly t2: number;
  /** How long a message may stay in the network. */
  readonly t4: number;
}

export const defaultBaseTimers: BaseTimers = { t1: 500, t2: 4000, t4: 5000 };

/**
 * Timers A to M in milliseconds (RFC 3261 table 4, RFC 6026 §8.1). A, E and G are first intervals and undefined
 * where the transport itself repeats what is lost; 0 means "at once".
 */
export interface TransactionTimers {
  readonly a: number | undefined;
  readonly b: number;
  readonly d: number;
  readonly e: number | undefined;
  readonly f: number;
  readonly g: number | undefined;
  readonly h: number;
  readonly i: number;
  readonly j: number;
  readonly k: number;
  readonly l: number;
  readonly m: number;
  /** Upper bound of E and G; A doubles without one. */
  readonly t2: number;
  /** How long an INVITE may live after its CANCEL (RFC 3261 §9.1). */
  readonly cancel: number;
  /** When a non-INVITE request must have had an answer or gets a 100: E has just been reset to T2 (RFC 4320 §4.1). */
  readonly trying: number;
  /** When a non-INVITE server transaction without an answer ends: the client's Timer F. */
  readonly expiry: number;
}

/** RFC 3261 table 4: D is "> 32 s" whatever T1 is. */
const TIMER_D_MIN_MS = 32_000;

/** The timers of transactions over one class of transport. */
export function transactionTimers(base: BaseTimers, reliable: boolean): TransactionTimers {
  const { t1, t2, t4 } = base;
  const whole = 64 * t1;
  return {
    a: reliable ? undefined : t1,
    b: whole,
    d: reliable ? 0 : Math.max(TIMER_D_MIN_MS, whole),
    e: reliable ? undefined : t1,
    f: whole,
    g: reliable ? undefined : t1,
    h: whole,
    i: reliable ? 0 : t4,
    j: reliable ? 0 : whole,
    k: reliable ? 0 : t4,
    // RFC 6026 §8.1: L and M run on every transport: they wait for the user's 2xx and for other forks.
    l: whole,
    m: whole,
    t2,
    cancel: whole,
    trying: untilCapped(t1, t2),
    expiry: whole,
  };
}

/** Sum of the doubling intervals before one reaches the cap: 500 + 1000 + 2000 for T1 = 500, T2 = 4000. */
function untilCapped(t1: number, t2: number): number {
  let sum = 0;
  for (let interval = t1; interval < t2; interval *= 2) sum += interval;
  return sum;
}
