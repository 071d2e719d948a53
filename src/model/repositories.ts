import type { PlanDocument } from "../dialplan/plan.ts";
import type { AuditEntry, AuditFilter, StoredAuditEntry } from "./audit.ts";
import type { CallKind, CallRecord, CallResult } from "./call-record.ts";
import type { EndReason } from "./end-words.ts";
import type { Identity } from "./entities/change.ts";
import type { Entities, Entity, EntityDelta } from "./entities/entities.ts";
import type { Formers } from "./entities/merge.ts";
import type { AppliedFile, KeptInFile } from "./kept-in-file.ts";
import type { PlanPath, ToldPath } from "./plan-path.ts";
import type { AccountRepository } from "./users.ts";
import type { WebhookRequest, WebhookRequestRepository } from "./webhook-requests.ts";

/** The configuration as it is stored. */
export interface StoredEntities {
  /** Of version 0 where nothing was ever saved. */
  readonly entities: Entities;
  /** What went in the last 30 days, by `buriedAs`: what comes back under its name is the same thing again. */
  readonly buried: ReadonlyMap<string, Identity>;
  /** The company file that keeps what it has; undefined: none does. */
  readonly kept: KeptInFile | undefined;
  /** The newest version of which a company file has all; undefined: there was none. */
  readonly lastApplied: number | undefined;
}

/** What was changed since a version. */
export interface ChangesSince {
  /** The beginning of the hash that the audit log has of that version; undefined: it does not go back so far. */
  readonly mark: string | undefined;
  readonly formers: Formers;
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
  /** `entry` goes into the audit log with it, or not at all; `file`: what is applied by it. */
  commit(delta: EntityDelta, entry?: AuditEntry, file?: AppliedFile): Promise<"committed" | "stale">;
  /** A company file that changed nothing was applied. */
  noteApplied(file: AppliedFile): Promise<void>;
  /** Whether a file of this text was ever applied (the newest 200 are known). */
  wasApplied(hash: string): Promise<boolean>;
  /** No file keeps what is there any more. */
  takeOver(entry: AuditEntry): Promise<void>;
  /** Undefined: that version is not remembered, or is none. Passwords of before are remembered for 30 days. */
  since(version: number): Promise<ChangesSince | undefined>;
  /** What went in the last 30 days, newest first, at most `limit`; `before`: the last one of a page. */
  trash(page: {
    readonly limit: number;
    readonly before?: { readonly droppedAt: number; readonly id: string } | undefined;
  }): Promise<readonly TrashedEntity[]>;
  trashed(id: string): Promise<TrashedEntity | undefined>;
  /** The sound of the audio messages that went in the last 30 days, by its content: they may come back. */
  trashedSound(): Promise<ReadonlySet<string>>;
  /** A plan as it was at a revision, or undefined. */
  planVersion(id: string, version: number): Promise<PlanDocument | undefined>;
}

/** What is worked on of a plan, and not in force. */
export interface PlanDraft {
  /** Of the plan. */
  readonly id: string;
  /** Anything: a draft need not be right, nor finished. */
  readonly document: unknown;
  /** The revision of the plan that it was made from. */
  readonly basedOn: number;
  /** Grows by one each time that it is saved. */
  readonly revision: number;
  readonly changedBy: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** A plan as it was published. */
export interface PlanVersion {
  readonly version: number;
  readonly document: PlanDocument;
  /** Empty: an earlier release did not say. */
  readonly publishedBy: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  readonly note: string;
}

export type PlanVersionSummary = Omit<PlanVersion, "document">;

/** Drafts and versions of plans, and the steps that calls have taken. Rejects when the store fails. */
export interface PlanRepository {
  draft(id: string): Promise<PlanDraft | undefined>;
  /** Every draft without its document. */
  drafts(): Promise<readonly Omit<PlanDraft, "document">[]>;
  /** False: the draft that is there has another revision than `seen`. 0: there is none; undefined: whatever is there. */
  saveDraft(draft: PlanDraft, seen: number | undefined): Promise<boolean>;
  /** False: there is none of this revision. */
  dropDraft(id: string, seen: number | undefined): Promise<boolean>;
  /** The newest first. */
  versions(
    id: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly PlanVersionSummary[]>;
  version(id: string, version: number): Promise<PlanVersion | undefined>;
  /** Why a version was published. */
  annotate(id: string, version: number, note: string): Promise<void>;
  /** Of calls that began since then (ms since the epoch), the newest first. */
  paths(id: string, since: number, limit: number): Promise<readonly PlanPath[]>;
  /** Forgets paths of calls that began before then, at most `limit` of each plan; says whether there may be more. */
  purge(startedBefore: number, limit: number): Promise<boolean>;
  /** Forgets drafts of plans that are gone for good, and those versions that no call names any more. */
  sweep(): Promise<void>;
}

/** A call without its story and messages, for lists. */
export type CallSummary = Omit<CallRecord, "story" | "sip">;

/** What of a call's story lists are filtered by. */
export interface CallFacets {
  /** Names of the webhooks that were asked, each once. */
  readonly webhooks: readonly string[];
  /** Extensions of the phones that called or were rung, each once. */
  readonly phones: readonly string[];
  /** What webhooks were asked and what came of it, in order. */
  readonly requests: readonly WebhookRequest[];
  /** What it has taken of each plan that it was in. */
  readonly paths: readonly ToldPath[];
}

/** A finished call as it is stored: what lists and filters need in columns, the rest as bytes nobody looks into. */
export interface CallRow extends CallSummary, CallFacets {
  /** Story and SIP messages, in the form of call-row.ts. */
  readonly trace: Uint8Array;
}

/** A place in the order of lists: right behind this call, there or not. */
export interface CallPlace {
  readonly startedAt: number;
  readonly id: string;
}

/** Which calls a list shows; newest first. What is left out filters nothing. */
export interface CallFilter {
  /** At most this many, 1 to 1,001. */
  readonly limit: number;
  /** Only calls older than the one with this id: the last row of a page asks for the next one. */
  readonly before?: string | undefined;
  /** Only calls behind this place. */
  readonly after?: CallPlace | undefined;
  /** Which kinds; calls alone when left out, so that strangers never push them out of a list. */
  readonly kinds?: readonly CallKind[] | undefined;
  /** One of these. */
  readonly results?: readonly CallResult[] | undefined;
  /** Caller or called, exactly; or the extension of the phone that answered. */
  readonly party?: string | undefined;
  /** Only calls in which somebody was to be reached, and nobody answered. */
  readonly missed?: boolean | undefined;
  /** Called, exactly. */
  readonly number?: string | undefined;
  /** Caller, exactly. */
  readonly caller?: string | undefined;
  readonly plan?: string | undefined;
  /** Name of a webhook that was asked. */
  readonly webhook?: string | undefined;
  /** Extension of a phone that called or was rung. */
  readonly phone?: string | undefined;
  /** Begun then or later; ms since the epoch. */
  readonly from?: number | undefined;
  /** Begun before that. */
  readonly to?: number | undefined;
  /** What somebody looks for (call-search.ts): any part of a number or a name, or the beginning of an id. */
  readonly q?: string | undefined;
}

/** How often strangers were refused. */
export interface RefusedCounts {
  readonly calls: number;
  readonly registrations: number;
}

/** Calls of a day, as figures. */
export interface CallDay {
  /** `hour`: which of the day's hours, from 0 on. */
  readonly counts: readonly { readonly hour: number; readonly result: CallResult; readonly calls: number }[];
  /** Numbers that were called and have no plan, the most called first; at most five. */
  readonly withoutPlan: readonly { readonly number: string; readonly calls: number }[];
}

export interface CallRepository {
  /** Calls that began in these hours, each given by its beginning (ms since the epoch); the last one goes on to now. */
  day(hours: readonly number[]): Promise<CallDay>;
  /**
   * Writes all or none, once: a row whose id is already there is left as it is, unless that call was "ongoing" (then the two
   * traces follow one another), or it is a stranger's row with more attempts now. `paths`: the steps that these calls took,
   * each once; the rest of a call that was still up is put behind what there is.
   */
  insertMany(rows: readonly CallRow[], paths?: readonly PlanPath[]): Promise<void>;
  /** Ends the rows of calls that were up when an earlier process died, with this sentence; gives them as they were. */
  closeOngoing(why: EndReason): Promise<readonly CallSummary[]>;
  list(filter: CallFilter): Promise<readonly CallSummary[]>;
  /** What strangers tried since `since` (ms since the epoch). */
  refusedSince(since: number): Promise<RefusedCounts>;
  /** By id, or by the beginning of an id when only one call has it. */
  get(idOrPrefix: string): Promise<CallRecord | undefined>;
  /**
   * Deletes calls that began before `startedBefore` (ms since the epoch) and what is kept with them, of each at most `limit`; says
   * whether there may be more.
   */
  purge(startedBefore: number, limit: number): Promise<boolean>;
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
  /** The contacts that have not expired at `now` (ms since the epoch). */
  load(now: number): Promise<readonly StoredBinding[]>;
  /** Deletes those that have. */
  forget(now: number): Promise<void>;
}

/** Everything that is kept. */
export interface Repositories {
  readonly company: CompanyRepository;
  readonly accounts: AccountRepository;
  readonly audit: AuditRepository;
  readonly calls: CallRepository;
  readonly plans: PlanRepository;
  readonly webhookRequests: WebhookRequestRepository;
  readonly registrations: RegistrationRepository;
}
