import type { Generated } from "kysely";

// The tables as Kysely sees them; migrations/ make them. Documents are JSON in the names of the company file.

/** One row: how often the configuration was changed. */
interface InstallationTable {
  id: 1;
  version: number;
  saved_at: number;
  /** The company file that keeps what it has; null: none does. */
  kept_file: string | null;
  kept_at: number | null;
  kept_by: string | null;
}

/** A company file that was applied. */
interface AppliedFileTable {
  /** SHA-256 in hex of its text. */
  hash: string;
  file: string;
  /** Of the configuration after it, where the file has all of that; else 0. */
  version: number;
  at: number;
  by: string;
}

/** What the audit log does not have of a thing before a version changed it. */
interface FormerPartTable {
  version: number;
  entity: string;
  position: number;
  /** Sealed as the entity's own. */
  secret: Uint8Array | null;
  at: number;
}

/** One thing of the configuration (model/entities). */
export interface EntityTable {
  id: string;
  kind: string;
  /** What others refer to it by; one of a kind at a time, of those that are there. */
  key: string;
  position: number;
  revision: number;
  /** JSON without its secret. */
  document: string;
  /** By which shape of its kind it was checked (shape.ts); empty: by none that is known. */
  shape: string;
  /** Password, or URL with a key in it, sealed (seal.ts). */
  secret: Uint8Array | null;
  changed_by: string;
  changed_at: number;
  /** When it went; null: it is there. */
  dropped_at: number | null;
  /** Who put it in the trash; null also of what went before that was kept. */
  dropped_by: string | null;
}

/** One thing that somebody did (model/audit.ts); rows are never changed. */
interface AuditTable {
  id: number;
  at: number;
  by: string;
  what: string;
  version: number | null;
  hash: string;
  address: string | null;
  about: string | null;
  /** JSON of model/audit.ts. */
  details: string | null;
}

export interface AuditChangeTable {
  entry: number;
  /** From 0 within the entry. */
  place: number;
  kind: string;
  entity: string;
  key: string;
  secret_changed: number;
  /** JSON, secrets as `***`; null: it was not there. */
  before: string | null;
  after: string | null;
}

/** A plan as it was published; rows are never changed. */
interface PlanVersionTable {
  id: string;
  version: number;
  document: string;
  published_at: number;
  /** Empty where an earlier release published it. */
  published_by: string;
  note: string;
}

interface PlanDraftTable {
  id: string;
  document: string;
  based_on: number;
  revision: number;
  changed_by: string;
  changed_at: number;
}

/** What a call has taken of a plan (model/plan-path.ts). */
interface CallStepsTable {
  call_id: string;
  plan_id: string;
  version: number;
  started_at: number;
  path: string;
  /** 1: the call is still up. */
  is_open: number;
}

export interface CallTable {
  id: string;
  started_at: number;
  answered_at: number | null;
  ended_at: number;
  caller: string;
  caller_name: string;
  called: string;
  origin: string;
  plan: string | null;
  result: string;
  reason: string;
  /** JSON of its code and arguments; null: it has none, or before there was this column. */
  said: string | null;
  missed: number;
  answered_by: string | null;
  /** Of calls that were stored before there were blocks. */
  trace: Uint8Array;
  /** Behind the long one, where it came late (migration 0003): lists ask the index for it, and never read it. */
  kind: string;
  attempts: number;
  /** Names, each between line breaks; read from the index too. */
  webhooks: string;
  phones: string;
  /** Name and numbers, in small letters. */
  search: string;
  /** Where the trace is (record-blocks.ts), or what of it comes behind the column `trace`. */
  pieces: string;
}

/** Traces of many calls, compressed. */
interface RecordBlockTable {
  id: Generated<number>;
  /** When the last of its calls began. */
  newest_at: number;
  octets: Uint8Array;
}

interface WebhookRequestTable {
  webhook: string;
  at: number;
  call: string;
  nth: number;
  verdict: string;
  failure: string | null;
  status: number | null;
  elapsed_ms: number;
  reason: string;
  /** JSON of what the reason is made of. */
  args: string | null;
}

interface BindingTable {
  extension: string;
  key: string;
  expires_at: number;
  document: string;
}

/** A person (model/users.ts); the document is the user without the second factor, which is sealed in `secret`. */
interface UserTable {
  id: string;
  name: string;
  document: string;
  secret: Uint8Array | null;
}

interface SessionTable {
  hash: string;
  user_id: string;
  document: string;
}

interface ApiTokenTable {
  id: string;
  document: string;
}

/** At most one row. */
interface OpenIdTable {
  id: number;
  /** JSON without the client secret. */
  document: string;
  /** Sealed (seal.ts); null: a public client. */
  secret: Uint8Array | null;
}

interface OneTimeLinkTable {
  hash: string;
  user_id: string | null;
  expires_at: number;
}

export interface Tables {
  installation: InstallationTable;
  applied_files: AppliedFileTable;
  entities: EntityTable;
  former_parts: FormerPartTable;
  plan_versions: PlanVersionTable;
  audit: AuditTable;
  audit_changes: AuditChangeTable;
  plan_drafts: PlanDraftTable;
  call_steps: CallStepsTable;
  calls: CallTable;
  record_blocks: RecordBlockTable;
  webhook_requests: WebhookRequestTable;
  bindings: BindingTable;
  users: UserTable;
  sessions: SessionTable;
  api_tokens: ApiTokenTable;
  one_time_links: OneTimeLinkTable;
  open_id: OpenIdTable;
}
