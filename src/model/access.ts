import type { SaidArgs } from "../lib/said.ts";
import type { TrunkStatus } from "./trunk-status.ts";

/** One contact of a registered phone. Times are milliseconds since the epoch. */
export interface PhoneContact {
  /** As the phone gave it. */
  readonly uri: string;
  /** `udp:192.0.2.7:5060`, where its REGISTER really came from. */
  readonly source: string;
  readonly since: number;
  readonly until: number;
  /** Its User-Agent. */
  readonly device: string | undefined;
  /** False: over a connection that is closed. */
  readonly reachable: boolean;
}

/** The last login of a phone that did not succeed. */
export interface FailedLogin {
  readonly at: number;
  readonly address: string;
  /** A sentence: why, and what would fix it; `code` and `args`: the same (docs/reference/network.md). */
  readonly reason: string;
  readonly code: string;
  readonly args: SaidArgs;
  /** As the guard of credentials names it: `wrongCredentials`, `blocked` …; undefined: something else was wrong with it. */
  readonly cause?: string | undefined;
}

/** How a phone stands where calls are. */
export interface PhoneStanding {
  readonly extension: string;
  readonly contacts: readonly PhoneContact[];
  readonly lastFailure: FailedLogin | undefined;
}

/** A configured phone, registered or not. */
export interface PhoneStatus extends PhoneStanding {
  readonly name: string;
}

/** Somebody who is not served as others are. */
export interface Ban {
  /** `slowed`: only few of the passwords are looked at; `banned`: nothing from there is read. */
  readonly kind: "slowed" | "banned";
  /** An extension that was claimed, or an address; `bans lift` takes it. */
  readonly what: string;
  /** Undefined: not known. */
  readonly since: number | undefined;
  readonly until: number;
  /** A sentence; `code` and `args`: the same. */
  readonly why: string;
  readonly code: string;
  readonly args: SaidArgs;
}

/** How many are in, who is kept slow, and how trunks are. Phones are told of by themselves: there may be thousands. */
export interface AccessReport {
  /** Phones that are registered. */
  readonly registered: number;
  readonly bans: readonly Ban[];
  readonly trunks: readonly TrunkStatus[];
  /** How many bans this request lifted. */
  readonly lifted: number;
}

/** What is to be lifted before the report is made; `what` undefined: everything. */
export interface Lift {
  readonly what: string | undefined;
}
