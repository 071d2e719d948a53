import type { Clock } from "../../../runtime/clock.ts";
import { sourceKey } from "../../transport/address.ts";
import { type Class, type CredentialsLimits, defaultCredentialsLimits } from "./credentials-limits.ts";
import { EvaluationLane } from "./evaluation-lane.ts";
import { Loudness } from "./loudness.ts";
import { type Claim, ProvenDevices } from "./proven-devices.ts";

/** Whether a password is looked at, and what its being wrong is charged to. */
export type Look =
  | { readonly kind: "look"; readonly charged: readonly EvaluationLane[] }
  /** Not now. `mayWait`: quiet enough that the request may be kept until then, instead of being refused. */
  | { readonly kind: "later"; readonly inMs: number; readonly mayWait: boolean };

/** An account or a source whose attempts are not all looked at, for a person. */
export interface Slowed {
  readonly scope: "account" | "source";
  /** The name that was claimed, which need not exist, or the address (IPv6: its /48). */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When nothing of it counts any more, if it stops now. */
  readonly until: number;
  /** Passwords that were looked at and were wrong, and attempts that were not looked at, since it became loud. */
  readonly wrong: number;
  readonly unseen: number;
  /** The other side of the latest attempt: the address for an account, the account for an address. */
  readonly latest: string;
}

export interface CredentialsGuardPorts {
  readonly clock: Clock;
  /** Told once when something becomes slowed. */
  readonly onSlowed?: (slowed: Slowed) => void;
}

/**
 * Right credentials are always looked at, guesses are slow (reliability B3, docs/adr/0035). It must be asked only
 * once the sender has answered one of our nonces, so a forged UDP source can slow nobody.
 */
export interface CredentialsGuard {
  /** Whether this password is looked at. `again`: the same request was told `later` and has waited. */
  look(claim: Claim, again: boolean): Look;
  /** It was looked at and was wrong. The account need not exist; unknown ones count the same. */
  wrong(claim: Claim, charged: Extract<Look, { kind: "look" }>["charged"]): void;
  /** It was right, or a binding of an earlier process was restored. */
  right(claim: Claim): void;
  /** The account has another password, was removed or made anew: nothing of the past counts. */
  forget(account: string): void;
  /** What is slowed now, the latest first. */
  slowed(): readonly Slowed[];
  /** Starts anew for an account, an address, or everything; how many it lifted. */
  lift(what: string | undefined): number;
  /** Table sizes, for leak checks. */
  counts(): {
    readonly names: number;
    readonly sources: number;
    readonly loud: number;
    readonly proven: number;
  };
}

const MAX_NAME_LENGTH = 128;
/** How far is looked for a standing that may go. */
const EVICTION_LOOKS = 256;
/** Of how many sources an account's guesses came last: they start anew with it. */
const SOURCES_KEPT = 16;

/** What is remembered of a name that was claimed, or of a source. */
class Standing {
  /** Never used twice: counts that are kept elsewhere end with the standing. */
  readonly serial: number;
  readonly lanes: Readonly<Record<Class, EvaluationLane>>;
  /** Of a name: where the latest attempts came from. */
  readonly flows = new Map<string, string>();
  slowedSince: number | undefined;
  wrong = 0;
  unseen = 0;
  latest = "";

  constructor(serial: number, shapes: CredentialsLimits["account"]) {
    this.serial = serial;
    this.lanes = {
      fresh: new EvaluationLane(shapes.fresh),
      few: new EvaluationLane(shapes.few),
      many: new EvaluationLane(shapes.many),
    };
  }

  get calmAt(): number {
    const { fresh, few, many } = this.lanes;
    return Math.max(fresh.calmAt, few.calmAt, many.calmAt);
  }
}

/** Builds the guard. */
export function createCredentialsGuard(
  ports: CredentialsGuardPorts,
  limits = defaultCredentialsLimits,
): CredentialsGuard {
  return new Guard(ports, limits);
}

class Guard implements CredentialsGuard {
  readonly #ports: CredentialsGuardPorts;
  readonly #limits: CredentialsLimits;
  readonly #names = new Map<string, Standing>();
  readonly #sources = new Map<string, Standing>();
  readonly #pairs: Loudness;
  readonly #flows: Loudness;
  readonly #proven: ProvenDevices;
  #serial = 0;

  constructor(ports: CredentialsGuardPorts, limits: CredentialsLimits) {
    this.#ports = ports;
    this.#limits = limits;
    this.#pairs = new Loudness(limits.pairLeakMs, limits.tableSize);
    this.#flows = new Loudness(limits.flowLeakMs, limits.tableSize);
    this.#proven = new ProvenDevices(limits.proven);
  }

  look(claim: Claim, again: boolean): Look {
    const now = this.#ports.clock.now();
    const proven = this.#proven.lane(claim, now);
    if (proven !== undefined) return { kind: "look", charged: [proven] };
    const name = this.#name(claim);
    const source = this.#source(claim);
    const atAccount = this.#classAtAccount(claim, name, now);
    const atSource = atAccount === "fresh" ? this.#classOfFlow(source, claim, now) : atAccount;
    const lanes = [name.lanes[atAccount], source.lanes[atSource]];
    const inMs = Math.max(...lanes.map((lane) => lane.waitMs(now)));
    if (inMs === 0) return { kind: "look", charged: lanes };
    if (!again) this.#unseen(claim, name, source, now);
    return { kind: "later", inMs, mayWait: atAccount !== "many" && inMs <= this.#limits.longestWaitMs };
  }

  wrong(claim: Claim, charged: readonly EvaluationLane[]): void {
    const now = this.#ports.clock.now();
    for (const lane of charged) lane.charge(now);
    const name = this.#name(claim);
    const source = this.#source(claim);
    name.wrong += 1;
    source.wrong += 1;
    this.#count(claim, name, source, now);
  }

  right(claim: Claim): void {
    // The counts of the source stay: a guesser must not clear them with an account that he owns.
    this.#proven.put(claim, this.#ports.clock.now());
  }

  forget(account: string): void {
    this.#proven.forget(account);
    this.#drop(account.slice(0, MAX_NAME_LENGTH));
  }

  slowed(): readonly Slowed[] {
    const listed: Slowed[] = [];
    for (const [what, standing] of this.#names) this.#list("account", what, standing, listed);
    for (const [what, standing] of this.#sources) this.#list("source", what, standing, listed);
    return listed.sort((a, b) => b.since - a.since);
  }

  lift(what: string | undefined): number {
    if (what === undefined) {
      const lifted = this.slowed().length;
      this.#names.clear();
      this.#sources.clear();
      this.#pairs.clear();
      this.#flows.clear();
      return lifted;
    }
    const listed = this.slowed().filter(
      (slowed) => slowed.what === what || slowed.what === guessSource(what),
    );
    for (const { scope, what: key } of listed) {
      if (scope === "account") this.#drop(key);
      else this.#sources.delete(key);
    }
    return listed.length;
  }

  counts(): {
    readonly names: number;
    readonly sources: number;
    readonly loud: number;
    readonly proven: number;
  } {
    return {
      names: this.#names.size,
      sources: this.#sources.size,
      loud: this.#pairs.size + this.#flows.size,
      proven: this.#proven.size,
    };
  }

  #classAtAccount(claim: Claim, name: Standing, now: number): Class {
    if (this.#pairs.of(pairKey(name, claim), now) <= this.#limits.freshAttempts - 1) return "fresh";
    return this.#flows.of(nameFlow(name, claim), now) < this.#limits.fewAttempts ? "few" : "many";
  }

  /** A flow that failed at other accounts (somebody who tries them all, or a proxy) shares with others of its kind. */
  #classOfFlow(source: Standing, claim: Claim, now: number): "fresh" | "few" {
    const attempts = this.#flows.of(sourceFlow(source, claim), now);
    return attempts <= this.#limits.freshAttempts - 1 ? "fresh" : "few";
  }

  #unseen(claim: Claim, name: Standing, source: Standing, now: number): void {
    name.unseen += 1;
    source.unseen += 1;
    this.#count(claim, name, source, now);
    const { clock, onSlowed } = this.#ports;
    for (const [scope, standing] of [
      ["account", name],
      ["source", source],
    ] as const) {
      if (!Object.values(standing.lanes).some((lane) => lane.waitMs(now) > 0)) continue;
      if (standing.slowedSince !== undefined) continue;
      standing.slowedSince = clock.wall();
      const what = scope === "account" ? claim.account.slice(0, MAX_NAME_LENGTH) : guessSource(claim.address);
      onSlowed?.(this.#describe(scope, what, standing, standing.slowedSince));
    }
  }

  #count(claim: Claim, name: Standing, source: Standing, now: number): void {
    name.latest = claim.address;
    source.latest = claim.account.slice(0, MAX_NAME_LENGTH);
    this.#pairs.add(pairKey(name, claim), now);
    this.#flows.add(nameFlow(name, claim), now);
    this.#flows.add(sourceFlow(source, claim), now);
    name.flows.delete(claim.flow);
    name.flows.set(claim.flow, claim.address);
    for (const flow of name.flows.keys()) {
      if (name.flows.size <= SOURCES_KEPT) break;
      name.flows.delete(flow);
    }
  }

  /** The name starts anew, and so do the sources that were last heard of at it. */
  #drop(account: string): void {
    const name = this.#names.get(account);
    if (name === undefined) return;
    this.#names.delete(account);
    for (const address of name.flows.values()) this.#sources.delete(guessSource(address));
  }

  #name(claim: Claim): Standing {
    return this.#standing(this.#names, claim.account.slice(0, MAX_NAME_LENGTH), this.#limits.account);
  }

  #source(claim: Claim): Standing {
    return this.#standing(this.#sources, guessSource(claim.address), this.#limits.source);
  }

  /** Whatever was used last stands last. */
  #standing(table: Map<string, Standing>, key: string, shapes: CredentialsLimits["account"]): Standing {
    const known = table.get(key);
    if (known !== undefined) {
      table.delete(key);
      if (known.slowedSince !== undefined && known.calmAt <= this.#ports.clock.now()) quieten(known);
    } else if (table.size >= this.#limits.tableSize) {
      this.#makeRoom(table);
    }
    const standing = known ?? new Standing(this.#serial++, shapes);
    table.set(key, standing);
    return standing;
  }

  /**
   * The longest unused goes, but one that is slowed stays while others can go: names are made up by the thousand, and
   * must not push out the one at which is being guessed. Names that exist and names that do not are treated alike (B2).
   */
  #makeRoom(table: Map<string, Standing>): void {
    const now = this.#ports.clock.now();
    let victim: string | undefined;
    let looks = 0;
    for (const [key, { slowedSince, calmAt }] of table) {
      victim ??= key;
      looks += 1;
      if (slowedSince === undefined || calmAt <= now) victim = key;
      else if (looks < EVICTION_LOOKS) continue;
      break;
    }
    if (victim !== undefined) table.delete(victim);
  }

  #list(scope: Slowed["scope"], what: string, standing: Standing, into: Slowed[]): void {
    const { slowedSince, calmAt } = standing;
    if (slowedSince === undefined || calmAt <= this.#ports.clock.now()) return;
    into.push(this.#describe(scope, what, standing, slowedSince));
  }

  #describe(scope: Slowed["scope"], what: string, standing: Standing, since: number): Slowed {
    const { clock } = this.#ports;
    const { wrong, unseen, latest, calmAt } = standing;
    return {
      scope,
      what,
      since,
      until: Math.round(clock.wall() + calmAt - clock.now()),
      wrong,
      unseen,
      latest,
    };
  }
}

function quieten(standing: Standing): void {
  standing.slowedSince = undefined;
  standing.wrong = 0;
  standing.unseen = 0;
}

function pairKey(name: Standing, claim: Claim): string {
  return `${name.serial} ${guessSource(claim.address)}`;
}

function nameFlow(name: Standing, claim: Claim): string {
  return `${name.serial} ${claim.flow}`;
}

function sourceFlow(source: Standing, claim: Claim): string {
  return `${source.serial} ${claim.flow}`;
}

/** Whom guesses are counted for: an IPv4 address; of IPv6 the /48, which a site may have (RFC 6177 §2). */
export function guessSource(address: string): string {
  return address.includes(":") ? `${sourceKey(address).split(":").slice(0, 3).join(":")}::/48` : address;
}
