import type { Counters } from "../../lib/counters.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import { sourceKey } from "../../lib/source-key.ts";
import { SourceLimiter } from "../../lib/source-limiter.ts";
import { Spending } from "../../lib/spending.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Account, Known } from "./accounts.ts";
import { Bans } from "./bans.ts";
import { defaultGuardLimits, type GuardLimits } from "./guard-limits.ts";
import { isScannerName } from "./scanner-names.ts";
import { type Acquaintances, type Source, Sources } from "./sources.ts";
import type { HostPort, Target, TransportKind } from "./transport.ts";

/** What a stream brings that is no message. */
export type Idle = "keepAlive" | "piece";

/** `later`: not now, but it need not be lost. */
export type GuardRefusal = "banned" | "rate" | "later";

export type DropReason = "banned" | "rate" | "scanner";

export interface GuardOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly known: Acquaintances;
  readonly limits?: Partial<GuardLimits>;
}

/**
 * Who may speak to us and how fast. Decides only: whoever asks also drops, answers or closes. In order, a source is
 *
 * - a trunk, by its address: 2,000 messages a second, and 100 for each of its flows that were there first;
 * - a phone, by the flow that it registered on: 100 in 2 s;
 * - whom we have sent a request to of our own accord (a trunk that is named by its host), by flow: as a trunk;
 * - a newcomer at an address of phones or of such a trunk, over a stream: 16 in 2 s and 8 for each of the phones;
 * - a stranger: 16 in 2 s, by address, /64 and /48.
 *
 * Only strangers are ever banned.
 */
export interface Guard {
  /**
   * Whether a message is worth reading; counts it. `follows`: see `Means`. Undefined means yes. On a stream, whose source
   * is proven, `own` is what this stream alone has brought: who is within a stranger's allowance by himself, and is too
   * much only together with others behind the same NAT, is told to wait.
   */
  admit(
    transport: TransportKind,
    remote: HostPort,
    follows: boolean,
    own?: Spending,
  ): GuardRefusal | undefined;
  /** The same on a stream that we opened ourselves; whoever owns it keeps its account. */
  admitOurs(account: Account, follows: boolean): "rate" | undefined;
  /**
   * Whether a source may send one more keep-alive, or piece of a message, over a stream; counts it. `own`: what this
   * stream alone has brought of it. A stranger is banned where that is too much already; where it is too much only
   * together with others behind the same NAT, it is not.
   */
  admitIdle(transport: TransportKind, remote: HostPort, what: Idle, own: Spending): boolean;
  /** Whether a request that has been read is from a scanner, which gets no answer at all. */
  isScanner(transport: TransportKind, remote: HostPort, userAgent: string | undefined): boolean;
  /** Whether this flow is a trunk's, a registered phone's, or leads to whom we have sent a request. */
  isKnown(transport: TransportKind, remote: HostPort): boolean;
  /** How many phones or trunks have made this address more than a stranger's: newcomers from there are likely theirs. */
  residentsAt(address: string): number;
  /** The same, not as it was up to a second ago. */
  residentsNowAt(address: string): number;
  isBanned(address: string): boolean;
  /**
   * Refuses an address for some time. The caller answers for it that the address is not forged (on UDP: it has
   * answered one of our nonces). Addresses of trunks and phones are never banned: returns false for them.
   */
  ban(address: string, durationMs: number): boolean;
  unban(address: string): void;
  /** Who is banned (an IPv6 /64 by its first half), and until when on the guard's clock. */
  bans(): readonly { readonly address: string; readonly until: number }[];
  /** The address has answered something that only we and it know, so it may be banned for a flood over UDP. */
  provedReturnPath(address: string): void;
  /** We send a request there of our own accord: what comes back is no flood. */
  contacted(target: Target): void;
  /** Whether one more stateless answer to a faulty message may go to this address; counts it. */
  mayAnswerFault(address: string): boolean;
  /** Forgets what is known about everyone's standing: to be called when trunks or allow-lists have changed. */
  recheck(): void;
  counts(): { readonly sources: number; readonly bans: number };
}

/** Builds the guard of all listeners. */
export function createGuard(options: GuardOptions): Guard {
  return new SourceGuard(options);
}

class SourceGuard implements Guard {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #limits: GuardLimits;
  readonly #sources: Sources;
  readonly #proven: GenerationCache<string, true>;
  readonly #strangers: SourceLimiter;
  readonly #keepAlives: SourceLimiter;
  readonly #pieces: SourceLimiter;
  readonly #faults: SourceLimiter;
  readonly #bans: Bans;

  constructor({ clock, counters, known, limits }: GuardOptions) {
    this.#clock = clock;
    this.#counters = counters;
    this.#limits = { ...defaultGuardLimits, ...limits };
    const { maxSources, windowMs, requestsPerWindow, strangers, piecesPerWindow } = this.#limits;
    const each = (units: number, ms = windowMs) => ({ source: { units, windowMs: ms }, maxSources });
    this.#sources = new Sources(known, this.#limits);
    this.#proven = new GenerationCache(maxSources);
    this.#strangers = new SourceLimiter({ ...each(requestsPerWindow), all: strangers });
    this.#keepAlives = new SourceLimiter(each(requestsPerWindow));
    this.#pieces = new SourceLimiter(each(piecesPerWindow));
    this.#faults = new SourceLimiter(each(this.#limits.faultAnswersPerSecond, 1_000));
    this.#bans = new Bans(this.#limits.maxBans);
  }

  admit(
    transport: TransportKind,
    remote: HostPort,
    follows: boolean,
    own?: Spending,
  ): GuardRefusal | undefined {
    const now = this.#clock.now();
    const source = this.#sources.at(remote.host, now);
    const verdict = this.#admitResident(source, transport, remote, follows, now);
    if (verdict === "within") return undefined;
    if (verdict === "rate") return this.#isTooMuch(own, now) ? this.#drop("rate") : "later";
    const isResident = this.#sources.residents(source, now) > 0;
    if (!isResident && this.#bans.has(remote.host, now)) return this.#drop("banned");
    source.stranger ??= this.#strangers.account(remote.host);
    const refused = this.#strangers.charge(source.stranger, now) !== undefined;
    const isTooMuch = this.#isTooMuch(own, now);
    if (!refused) return undefined;
    const { spent } = own ?? source.stranger.own;
    // Looked at once more where it begins to matter: the phone, or one beside it, may just have registered.
    if (source.stranger.own.spent === this.#limits.requestsPerWindow + 1) {
      this.#sources.recheck(source, now);
      if (this.#admitResident(source, transport, remote, follows, now) === "within") return undefined;
    }
    if (!isTooMuch) return "later";
    // Anyone can write somebody else's address on a datagram: silence costs that one only the flood itself, a ban
    // would lock them out (reliability B3). Hence a ban only where the address is proven.
    if (spent >= this.#limits.floodRequests && this.#isProven(transport, remote.host))
      this.ban(remote.host, this.#limits.floodBanMs);
    return this.#drop("rate");
  }

  admitOurs(account: Account, follows: boolean): "rate" | undefined {
    const within = this.#spend({ account, means: this.#limits.trunk }, follows, this.#clock.now());
    return within ? undefined : this.#drop("rate");
  }

  admitIdle(transport: TransportKind, remote: HostPort, what: Idle, own: Spending): boolean {
    const now = this.#clock.now();
    const source = this.#sources.at(remote.host, now);
    const known = this.#sources.knownBy(source, transport, remote, now);
    if (known !== undefined) return what === "piece" || this.#spend(known, false, now);
    const { requestsPerWindow, piecesPerWindow, windowMs, floodBanMs } = this.#limits;
    const units = what === "piece" ? piecesPerWindow : requestsPerWindow;
    const isAlone = !own.within({ units, windowMs }, 1, now);
    const limiter = what === "piece" ? this.#pieces : this.#keepAlives;
    if (limiter.take(remote.host, now) === undefined) return true;
    this.#sources.recheck(source, now);
    if (this.#sources.knownBy(source, transport, remote, now) !== undefined) return true;
    if (isAlone) this.ban(remote.host, floodBanMs);
    this.#drop("rate");
    return false;
  }

  isScanner(transport: TransportKind, remote: HostPort, userAgent: string | undefined): boolean {
    if (userAgent === undefined || !isScannerName(userAgent)) return false;
    if (this.isKnown(transport, remote)) return false;
    this.#drop("scanner");
    return true;
  }

  isKnown(transport: TransportKind, remote: HostPort): boolean {
    const now = this.#clock.now();
    return this.#sources.knownBy(this.#sources.at(remote.host, now), transport, remote, now) !== undefined;
  }

  residentsAt(address: string): number {
    const now = this.#clock.now();
    return this.#sources.residents(this.#sources.at(address, now), now);
  }

  residentsNowAt(address: string): number {
    const now = this.#clock.now();
    const source = this.#sources.at(address, now);
    this.#sources.recheck(source, now);
    return this.#sources.residents(source, now);
  }

  isBanned(address: string): boolean {
    const now = this.#clock.now();
    if (!this.#bans.has(address, now)) return false;
    return this.#sources.residents(this.#sources.at(address, now), now) === 0;
  }

  ban(address: string, durationMs: number): boolean {
    const now = this.#clock.now();
    // A phone that has just registered must not be caught by an answer of a second ago.
    if (this.residentsNowAt(address) > 0) return false;
    this.#bans.add(address, durationMs, now);
    this.#counters.add("sip_sources_banned");
    return true;
  }

  bans(): readonly { readonly address: string; readonly until: number }[] {
    return this.#bans.list(this.#clock.now());
  }

  unban(address: string): void {
    this.#bans.lift(address);
  }

  provedReturnPath(address: string): void {
    this.#proven.set(sourceKey(address), true);
  }

  contacted(target: Target): void {
    this.#sources.contacted(target, this.#clock.now());
  }

  mayAnswerFault(address: string): boolean {
    return this.#faults.take(address, this.#clock.now()) === undefined;
  }

  recheck(): void {
    this.#sources.clear();
  }

  counts(): { readonly sources: number; readonly bans: number } {
    return { sources: this.#sources.size, bans: this.#bans.size };
  }

  /** Of whom we know, or who comes over a stream from an address of theirs. */
  #admitResident(
    source: Source,
    transport: TransportKind,
    remote: HostPort,
    follows: boolean,
    now: number,
  ): "within" | "rate" | "stranger" {
    if (source.trunk !== undefined) {
      const flow = source.trunk.flow(transport, remote, now);
      if (flow !== undefined && this.#spend(flow, follows, now)) return "within";
      // Of a forger of other ports no more comes in than leaves time for the trunk's own calls.
      if (flow === undefined && !follows && !source.trunk.others.within(this.#limits.trunkOthers, 1, now))
        return "rate";
    }
    const known = this.#sources.knownBy(source, transport, remote, now);
    if (known !== undefined) return this.#spend(known, follows, now) ? "within" : "rate";
    const residents = this.#sources.residents(source, now);
    // A datagram from another port of a phone's address may be anybody's, wherever they are.
    if (residents === 0 || (transport === "udp" && source.phones > 0)) return "stranger";
    const { requestsPerWindow, newcomersPerPhone, windowMs } = this.#limits;
    const units = requestsPerWindow + newcomersPerPhone * residents;
    source.newcomers ??= new Spending();
    return source.newcomers.within({ units, windowMs }, 1, now) ? "within" : "rate";
  }

  #spend({ account, means }: Known, follows: boolean, now: number): boolean {
    return follows
      ? account.follows.within(means.follows, 1, now)
      : account.begins.within(means.begins, 1, now);
  }

  /** Whether a stream has brought too much by itself; a datagram's sender always has. */
  #isTooMuch(own: Spending | undefined, now: number): boolean {
    const { requestsPerWindow: units, windowMs } = this.#limits;
    return own === undefined || !own.within({ units, windowMs }, 1, now);
  }

  #isProven(transport: TransportKind, address: string): boolean {
    return transport !== "udp" || this.#proven.get(sourceKey(address)) === true;
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
