import { GenerationCache } from "../../lib/generation-cache.ts";
import type { SourceAccount } from "../../lib/source-limiter.ts";
import type { Spending } from "../../lib/spending.ts";
import { Account, type Known, TrunkAccount } from "./accounts.ts";
import type { GuardLimits } from "./guard-limits.ts";
import type { HostPort, Target, TransportKind } from "./transport.ts";

/** Whom we know. Asked at most once a second for each source. */
export interface Acquaintances {
  /** The name of the trunk whose networks hold this address. */
  trunkAt(address: string): string | undefined;
  /** How many phones are registered from this address (IPv6: from its /64). */
  phonesAt(address: string): number;
  /** Whether a phone is registered by this very flow: another port of its address is anybody's. */
  isPhone(transport: TransportKind, remote: HostPort): boolean;
}

/** An address that something came from, and who is there. */
export interface Source {
  readonly address: string;
  trunk: TrunkAccount | undefined;
  phones: number;
  checkedAt: number;
  /** As a stranger; made at the first message that is counted. */
  stranger: SourceAccount | undefined;
  /** Of newcomers at an address of phones or trunks. */
  newcomers: Spending | undefined;
}

interface PhoneFlow extends Known {
  checkedAt: number;
}

interface Contact extends Known {
  until: number;
}

const KNOWN_FOR_MS = 1_000;
/** Whom we have sent a request to is a trunk, whose calls may come from other ports: as many newcomers as of phones. */
const CONTACTED_COUNTS_AS = 10;

/**
 * Who stands behind an address or a flow: a trunk, a registered phone, whom we have sent a request to, or nobody that
 * we know. Holds a bounded number of each. All times in ms of the guard's clock.
 */
export class Sources {
  readonly #known: Acquaintances;
  readonly #limits: GuardLimits;
  readonly #sources: GenerationCache<string, Source>;
  /** The source that was asked for last: a message asks twice, and the next is often from there too. */
  #latest: Source | undefined;
  readonly #trunks = new Map<string, TrunkAccount>();
  /** Of phones only: strangers' ports leave nothing here. */
  readonly #flows: GenerationCache<string, PhoneFlow>;
  /** By flow, and by address. */
  readonly #contacted: GenerationCache<string, Contact>;

  constructor(known: Acquaintances, limits: GuardLimits) {
    this.#known = known;
    this.#limits = limits;
    this.#sources = new GenerationCache(limits.maxSources);
    this.#flows = new GenerationCache(limits.maxSources);
    this.#contacted = new GenerationCache(limits.maxSources);
  }

  /** Addresses that are remembered now. */
  get size(): number {
    return this.#sources.size;
  }

  /** The source at an address, an IP literal, as it was at most a second ago. */
  at(address: string, now: number): Source {
    const found = this.#latest?.address === address ? this.#latest : this.#sources.get(address);
    if (found === undefined) {
      const source: Source = {
        address,
        trunk: undefined,
        phones: 0,
        checkedAt: now,
        stranger: undefined,
        newcomers: undefined,
      };
      this.recheck(source, now);
      this.#sources.set(address, source);
      return source;
    }
    this.#latest = found;
    if (now - found.checkedAt >= KNOWN_FOR_MS) this.recheck(found, now);
    return found;
  }

  /** Asks anew who is there. */
  recheck(source: Source, now: number): void {
    const trunk = this.#known.trunkAt(source.address);
    source.trunk = trunk === undefined ? undefined : this.#trunk(trunk);
    source.phones = this.#known.phonesAt(source.address);
    source.checkedAt = now;
  }

  /** Whom we know by this flow: a trunk by its address, a phone or one whom we have contacted by address and port. */
  knownBy(source: Source, transport: TransportKind, remote: HostPort, now: number): Known | undefined {
    if (source.trunk !== undefined) return source.trunk;
    if (source.phones === 0 && this.#contacted.size === 0) return undefined;
    const key = flowKey(transport, remote);
    const phone = source.phones === 0 ? undefined : this.#phone(key, transport, remote, now);
    return phone ?? this.#contact(key, now);
  }

  /** How many phones or trunks have made an address more than a stranger's. */
  residents(source: Source, now: number): number {
    if (source.trunk !== undefined) return CONTACTED_COUNTS_AS;
    if (source.phones > 0) return source.phones;
    const isContacted = this.#contacted.size > 0 && this.#contact(source.address, now) !== undefined;
    return isContacted ? CONTACTED_COUNTS_AS : 0;
  }

  /** We send a request there of our own accord: for some time whoever is there counts as a trunk. */
  contacted(target: Target, now: number): void {
    // A trunk's address needs no more than it has.
    if (this.at(target.host, now).trunk !== undefined) return;
    const until = now + this.#limits.contactedMs;
    for (const key of [flowKey(target.transport, target), target.host]) {
      const contact = this.#contacted.get(key);
      if (contact === undefined)
        this.#contacted.set(key, { until, account: new Account(), means: this.#limits.trunk });
      else contact.until = until;
    }
  }

  /** Forgets who is where, and what trunks and phones have spent. */
  clear(): void {
    this.#sources.clear();
    this.#flows.clear();
    this.#trunks.clear();
    this.#latest = undefined;
  }

  /** One account for all addresses of a trunk: its networks may hold thousands. */
  #trunk(name: string): TrunkAccount {
    let trunk = this.#trunks.get(name);
    if (trunk === undefined) {
      trunk = new TrunkAccount(this.#limits.trunk, this.#limits.trunkFlow);
      this.#trunks.set(name, trunk);
    }
    return trunk;
  }

  #phone(key: string, transport: TransportKind, remote: HostPort, now: number): PhoneFlow | undefined {
    const found = this.#flows.get(key);
    if (found !== undefined && now - found.checkedAt < KNOWN_FOR_MS) return found;
    if (!this.#known.isPhone(transport, remote)) {
      this.#flows.delete(key);
      return undefined;
    }
    const flow = found ?? { account: new Account(), means: this.#limits.phone, checkedAt: now };
    flow.checkedAt = now;
    if (found === undefined) this.#flows.set(key, flow);
    return flow;
  }

  #contact(key: string, now: number): Contact | undefined {
    const contact = this.#contacted.get(key);
    return contact !== undefined && contact.until > now ? contact : undefined;
  }
}

function flowKey(transport: TransportKind, { host, port }: HostPort): string {
  return `${transport} ${port} ${host}`;
}
