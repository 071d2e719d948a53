import { GenerationCache } from "./generation-cache.ts";
import { networkKey, sourceKey } from "./source-key.ts";
import { type Allowance, Spending } from "./spending.ts";

export interface SourceLimits {
  /** What one IPv4 address or one IPv6 /64 may spend. */
  readonly source: Allowance;
  /** What all of one IPv6 /48 may spend; four sources' worth when left out. */
  readonly network?: Allowance;
  /** What all sources together may spend; only what the two others let pass counts. No limit when left out. */
  readonly all?: Allowance;
  /** Sources that are remembered; the ones that were silent longest are forgotten. */
  readonly maxSources: number;
}

/** Whose allowance is used up. */
export type Overspent = "source" | "network" | "all";

/** What is remembered of one source. To be asked for anew from time to time: entries are forgotten. */
export interface SourceAccount {
  readonly own: Spending;
  /** Shared by all sources of an IPv6 /48. */
  readonly network: Spending | undefined;
}

/**
 * Answers "how much may this source cost us?" for whatever costs something: datagrams and messages, keep-alives,
 * connections, API requests, rows of the list, answers. One limiter for each kind of cost, so that one does not use
 * up another's allowance. Counts by IPv4 address, by IPv6 /64 and by /48; holds a bounded number of sources; knows
 * nothing of the network and takes the time from whoever asks, so that any room and any test may use it.
 *
 * Limits are fixed windows: at worst twice the allowance in one window's time, at the border of two.
 */
export class SourceLimiter {
  readonly #limits: SourceLimits;
  readonly #network: Allowance;
  readonly #sources: GenerationCache<string, SourceAccount>;
  readonly #networks: GenerationCache<string, Spending>;
  readonly #all = new Spending();

  constructor(limits: SourceLimits) {
    const { source, maxSources } = limits;
    this.#limits = limits;
    this.#network = limits.network ?? { units: 4 * source.units, windowMs: source.windowMs };
    this.#sources = new GenerationCache(maxSources);
    this.#networks = new GenerationCache(maxSources);
  }

  /** Sources remembered now. */
  get size(): number {
    return this.#sources.size;
  }

  /**
   * Charges an address, an IP literal; undefined: it is within all allowances. What is refused is charged as well, so
   * a source that does not stop stays refused until the next window only. `now` in ms.
   */
  take(address: string, now: number, cost = 1): Overspent | undefined {
    return this.charge(this.account(address), now, cost);
  }

  /** The account of an address, for who charges it often. */
  account(address: string): SourceAccount {
    const key = sourceKey(address);
    let account = this.#sources.get(key);
    if (account === undefined) {
      account = { own: new Spending(), network: this.#networkOf(address) };
      this.#sources.set(key, account);
    }
    return account;
  }

  /** The same as `take` for an account. */
  charge({ own, network }: SourceAccount, now: number, cost = 1): Overspent | undefined {
    const { source, all } = this.#limits;
    const ownIsWithin = own.within(source, cost, now);
    const networkIsWithin = network?.within(this.#network, cost, now) ?? true;
    if (!ownIsWithin) return "source";
    if (!networkIsWithin) return "network";
    return all === undefined || this.#all.within(all, cost, now) ? undefined : "all";
  }

  #networkOf(address: string): Spending | undefined {
    const key = networkKey(address);
    if (key === undefined) return undefined;
    let spending = this.#networks.get(key);
    if (spending === undefined) {
      spending = new Spending();
      this.#networks.set(key, spending);
    }
    return spending;
  }
}
