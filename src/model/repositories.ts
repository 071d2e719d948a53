import type { PlanDocument } from "../dialplan/plan.ts";
import type { AuditEntry, AuditFilter, StoredAuditEntry } from "./audit.ts";
import type { CallKind, CallRecord, CallResult } from "./call-record.ts";
import type { Identity } from "./entities/change.ts";
import type { Entities, Entity, EntityDelta } from "./entities/entities.ts";
import type { AccountRepository } from "./users.ts";

/** The configuration as it is stored. */
export interface StoredEntities {
  /** Of version 0 where nothing was ever saved. */
  readonly entities: Entities;
  /** What went in the last 30 days, by `buriedAs`: what comes back under its name is the same thing again. */
  readonly buried: ReadonlyMap<string, Identity>;
}

/** Something that went, as it was, with its secrets. */
export interface TrashedEntity {
  readonly entity: Entity;
  /** Milliseconds since the epoch. */
  readonly droppedAt: number;
  readonly droppedBy: string;
}

/** Who did what. */
export interface AuditRepository {
  append(entry: AuditEntry): Promise<void>;
  list(filter: AuditFilter): Promise<readonly StoredAuditEntry[]>;
}

/** The configuration. Every method rejects when the store fails; nothing is ever half saved. */
export interface CompanyRepository {
  load(): Promise<StoredEntities>;
  /**
   * Saves a change in one transaction; it is on disk when the promise resolves. Each revision of a plan is kept (the newest
   * 100 of each). `stale`: what is stored is not of the version that the change was made from, and nothing was saved.
   */
  /** `entry` goes into the audit log with it, or not at all. */
  commit(delta: EntityDelta, entry?: AuditEntry): Promise<"committed" | "stale">;
  /** What went in the last 30 days, newest first, at most `limit`; `before`: the last one of a page. */
  trash(page: {
    readonly limit: number;
    readonly before?: { readonly droppedAt: number; readonly id: string } | undefined;
  }): Promise<readonly TrashedEntity[]>;
  trashed(id: string): Promise<TrashedEntity | undefined>;
  /** A plan as it was at a revision, or undefined. */
  planVersion(id: string, version: number): Promise<PlanDocument | undefined>;
}

/** A call without its story and messages, for lists. */
export type CallSummary = Omit<CallRecord, "story" | "sip">;

/** A finished call as it is stored: what lists and filters need in columns, the rest as bytes nobody looks into. */
export interface CallRow extends CallSummary {
  /** Story and SIP messages, in the form of call-row.ts. */
  readonly trace: Uint8Array;
}

/** Which calls a list shows; newest first. */
export interface CallFilter {
  /** At most this many, 1 to 1,000. */
  readonly limit: number;
  /** Only calls older than the one with this id: the last row of a page asks for the next one. */
  readonly before?: string | undefined;
  /** Which kinds; calls alone when left out, so that strangers never push them out of a list. */
  readonly kinds?: readonly CallKind[] | undefined;
  readonly result?: CallResult | undefined;
  /** Caller or called, exactly. */
  readonly party?: string | undefined;
}

/** How often strangers were refused. */
export interface RefusedCounts {
  readonly calls: number;
  readonly registrations: number;
}

export interface CallRepository {
  /**
   * Writes all or none, once: a row whose id is already there is left as it is, unless that call was "ongoing" (then the two
   * traces follow one another), or it is a stranger's row with more attempts now.
   */
  insertMany(rows: readonly CallRow[]): Promise<void>;
  /** Ends the rows of calls that were up when an earlier process died, with this sentence; gives them as they were. */
  closeOngoing(reason: string): Promise<readonly CallSummary[]>;
  list(filter: CallFilter): Promise<readonly CallSummary[]>;
  /** What strangers tried since `since` (ms since the epoch). */
  refusedSince(since: number): Promise<RefusedCounts>;
  /** By id, or by the beginning of an id when only one call has it. */
  get(idOrPrefix: string): Promise<CallRecord | undefined>;
  /** Deletes calls that began before `startedBefore` (ms since the epoch), at most `limit`; says how many. */
  purge(startedBefore: number, limit: number): Promise<number>;
}

/** A registered contact of a phone, as the registrar knows it; the store does not look inside. */
export interface StoredBinding {
  readonly extension: string;
  /** What tells the contacts of one phone apart. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Plain data that survives JSON. */
  readonly binding: unknown;
}

export type BindingChange =
  | { readonly type: "set"; readonly row: StoredBinding }
  | { readonly type: "remove"; readonly extension: string; readonly key: string };

export interface RegistrationRepository {
  /** Applies the changes in order, all or none. */
  apply(changes: readonly BindingChange[]): Promise<void>;
  /** The contacts that have not expired at `now` (ms since the epoch); expired ones are deleted. */
  load(now: number): Promise<readonly StoredBinding[]>;
}

/** Everything that is kept. */
export interface Repositories {
  readonly company: CompanyRepository;
  readonly accounts: AccountRepository;
  readonly audit: AuditRepository;
  readonly calls: CallRepository;
  readonly registrations: RegistrationRepository;
}
