import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Result } from "../lib/result.ts";
import type { AccessReport, Lift, PhoneStatus } from "../model/access.ts";
import type { Doer, StoredAuditEntry } from "../model/audit.ts";
import type { KindName } from "../model/entities/kinds.ts";
import type { Job } from "../model/job.ts";
import type { KeptInFile } from "../model/kept-in-file.ts";
import type { LiveCalls } from "../model/live-calls.ts";
import type { LocatedProblem } from "../model/problem.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { AccountPorts } from "./account-ports.ts";
import type { CallPorts } from "./call-ports.ts";
import type { AudioContent, AudioEntry } from "./contract/audio.ts";
import type { BackupScheduleAnswer } from "./contract/backup.ts";
import type { ApplyAnswer } from "./contract/company.ts";
import type { FileDifference } from "./contract/company-file.ts";
import type { EntityListQuery, ShownEntity, WrittenEntity } from "./contract/entities.ts";
import type { FoundEntity, ShownTrash } from "./contract/history.ts";
import type { Refused } from "./contract/problems.ts";
import type { Actor } from "./contract/role.ts";
import type { DoorRules } from "./door.ts";
import type { FollowEvents } from "./event-ports.ts";
import type { OverviewPorts } from "./overview-ports.ts";
import type { PlanPorts } from "./plan-ports.ts";
import type { PracticePorts } from "./practice-ports.ts";
import type { RestorePorts } from "./restore-ports.ts";
import type { WebhookTrialPorts } from "./webhook-ports.ts";

/** How an apply through the API ended. */
export type ApplyOutcome =
  | { readonly type: "applied"; readonly answer: ApplyAnswer }
  /** `conflicts`: what the file changes was changed here since it was made. */
  | { readonly type: "refused" | "conflicts"; readonly problems: readonly LocatedProblem[] }
  /** The store cannot write, or the server did not take the saved configuration over in time. */
  | { readonly type: "failed"; readonly sentence: string; readonly isDiskFull?: boolean };

/** A company file that is to be applied; `audio`: what was uploaded for which message. */
export interface ApplyWish {
  readonly audio: Readonly<Record<string, string>>;
  /** What was changed here since the file was made goes. */
  readonly overwrite: boolean;
  /** Who applies it. */
  readonly by: Doer;
}

interface CompanyState {
  readonly version: number;
  readonly keptIn: KeptInFile | null;
}

/** A company file beside what is here. Never rejects but where reading the store does. */
export interface CompanyFilePorts {
  state(): CompanyState;
  diff(
    text: string,
    file: string,
    overwrite: boolean,
  ): Promise<Result<FileDifference, readonly LocatedProblem[]>>;
  takeOver(by: Doer): Promise<Result<CompanyState, Refused<"notSaved" | "diskFull">>>;
}

/** How a change of one part ended; `refused` is a sentence. */
export type ChangeOutcome =
  | Extract<ApplyOutcome, { type: "applied" | "failed" }>
  | { readonly type: "refused"; readonly sentence: string };

export type UploadOutcome =
  | { readonly type: "taken"; readonly content: AudioContent }
  | { readonly type: "refused" | "tooLarge" | "diskFull"; readonly sentence: string }
  /** Too many at once. */
  | { readonly type: "busy" };

/** A file that is on its way in. */
export interface SentFile {
  /** Only ever shown. */
  readonly name: string;
  /** Octets that are to come, as the request says; undefined: it does not. */
  readonly length: number | undefined;
}

/** What the API needs for audio messages. Nothing takes a path; names of files are only shown. */
export interface AudioPorts {
  list(): Promise<AudioEntry[]>;
  /** A sound that was converted before. */
  find(content: string): AudioContent | undefined;
  /** Where the WAV file of such a sound is. */
  hear(content: string): string | undefined;
  /** Takes octets until there are too many, and converts them. Rejects when they stop coming. */
  upload(body: AsyncIterable<Uint8Array>, file: SentFile, by: Doer): Promise<UploadOutcome>;
  /** Speaks a text; an error is a sentence. */
  speak(text: string, language: string, by: Doer): Promise<Result<AudioContent, string>>;
  /** Where the WAV file of a message is. */
  wav(name: string): Promise<string | undefined>;
  /** Adds or replaces a message of the company. */
  set(
    message: Pick<AudioEntry, "name" | "file" | "text" | "language">,
    content: string,
    by: Doer,
  ): Promise<ChangeOutcome>;
  remove(name: string, by: Doer): Promise<ChangeOutcome>;
}

/**
 * Says who sent a request, by its head alone and at once: nobody waits for it, and no body has been read. Undefined:
 * a stranger. `isUse` false: it is only looked whether that is still so, and the session does not count as used.
 */
export type Authenticate = (
  request: Pick<IncomingMessage, "headers" | "method" | "url" | "socket">,
  isUse?: boolean,
) => Actor | undefined;

export interface EntityPage {
  readonly items: readonly ShownEntity[];
  /** The cursor of the next page; null: this is the last. */
  readonly next: string | null;
  /** Of all pages. */
  readonly total: number;
}

/** One entity as a client wants it. */
export interface EntityWrite {
  readonly kind: KindName;
  /** Undefined: a new one, or the only one of its kind. */
  readonly id?: string | undefined;
  readonly isNew?: boolean | undefined;
  /** The one that was seen; 0: none is there yet; undefined: whichever. */
  readonly revision?: number | undefined;
  readonly document: unknown;
  readonly isPatch?: boolean | undefined;
  readonly renameUsers?: boolean | undefined;
}

/** Why something that is written is refused. */
export type WriteCode =
  | "noSuchEntity"
  | "stale"
  | "taken"
  | "used"
  | "full"
  | "invalid"
  | "keptInFile"
  | "notSaved"
  | "diskFull";
type Written<Answer> = Promise<Result<Answer, Refused<WriteCode>>>;

/** The configuration, entity by entity. `id` undefined: the only one of its kind. `by` is who changes it. Never rejects. */
export interface EntityPorts {
  list(kind: KindName, query: EntityListQuery): Result<EntityPage, Refused<"badCursor">>;
  get(kind: KindName, id: string | undefined): ShownEntity | undefined;
  /** `password`: one that was made for a new phone. */
  put(write: EntityWrite, by: Doer): Written<WrittenEntity & { readonly password?: string }>;
  drop(
    gone: { readonly kind: KindName; readonly id: string; readonly revision: number | undefined },
    by: Doer,
  ): Written<{
    readonly version: number;
    readonly live: boolean;
    readonly warnings: WrittenEntity["warnings"];
  }>;
  /** Gives a phone another password. */
  newPassword(
    id: string,
    by: Doer,
  ): Written<{ readonly password: string; readonly revision: number; readonly live: boolean }>;
}

type Paged = { readonly limit: number; readonly cursor?: string | undefined };
type Page<Item> = Promise<
  Result<{ readonly items: Item[]; readonly next: string | null }, Refused<"badCursor">>
>;

/** What was, and where things are. */
export interface HistoryPorts {
  trash(page: Paged): Page<ShownTrash>;
  /** Never rejects. */
  restore(id: string, by: Doer): Written<WrittenEntity>;
  audit(
    page: Paged & {
      readonly entity?: string | undefined;
      readonly by?: string | undefined;
      readonly what?: string | undefined;
    },
  ): Page<StoredAuditEntry>;
  search(words: string, limit: number): readonly FoundEntity[];
}

/** What takes long: the newest first. */
export interface JobPorts {
  list(): readonly Job[];
  get(id: string): Job | undefined;
}

/** What the API needs of the rest. */
export interface ApiPorts extends CallPorts, OverviewPorts {
  readonly follow: FollowEvents;
  readonly authenticate: Authenticate;
  readonly accounts: AccountPorts;
  readonly door: DoorRules;
  /** Where the built interface is: `web/dist`. It may not be there yet. */
  readonly pagesFolder: string;
  /** Undefined before the first apply. */
  home(): { readonly country: string; readonly timeZone: string } | undefined;
  readonly softwareVersion: string;
  readonly liveCalls: LiveCalls;
  readonly webhookTrials: WebhookTrialPorts;
  readonly practice: PracticePorts;
  /** The company as YAML; undefined before the first apply. */
  exportCompany(secrets: "masked" | "clear"): Promise<string | undefined>;
  /** Applies a file, one after the other. Never rejects. */
  apply(text: string, file: string, wish: ApplyWish): Promise<ApplyOutcome>;
  readonly companyFile: CompanyFilePorts;
  readonly audio: AudioPorts;
  readonly jobs: JobPorts;
  readonly entities: EntityPorts;
  readonly history: HistoryPorts;
  readonly plans: PlanPorts;
  readonly backup: {
    /** How long calls are kept, and whether the company chose that. */
    kept(): { readonly days: number; readonly isChosen: boolean };
    /** A backup as it is written into the answer, sealed with the passphrase; one at a time. */
    make(passphrase: string, by: Doer): Promise<Result<Readable, Refused<"busy" | "noBackup">>>;
    /** Those by the clock; undefined: the settings ask for none. */
    scheduled(): Promise<BackupScheduleAnswer | undefined>;
    /** Begins one of them and does not wait for its end. */
    makeNow(by: Doer): Promise<Result<BackupScheduleAnswer, Refused<"noBackup">>>;
  };
  readonly restore: RestorePorts;
  /** Writes into the audit log what changes no configuration; where that cannot be saved the log says so. Never rejects. */
  note(what: "bansLifted" | "certificateRead", by: Doer, about?: string): Promise<void>;
  /** Reads the certificate's files again; both results are sentences. Never rejects. */
  reload(): Promise<Result<string, string>>;
  /** Undefined when the signalling thread does not answer within a second. */
  status(): Promise<ServerStatus | undefined>;
  /** Lifts bans, where `lift` is there; then who is in and who is kept slow. Undefined as for `status`. */
  access(lift: Lift | undefined): Promise<AccessReport | undefined>;
  /** Every phone, and how it stands. Undefined as for `status`. */
  phoneStatus(): Promise<readonly PhoneStatus[] | undefined>;
  /** Milliseconds that never go back. */
  monotonicMs(): number;
  /** An error that is our fault; the client was told the id of its request. */
  failed(route: string, error: unknown, requestId: string): void;
}
