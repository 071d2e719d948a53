// The tables as Kysely sees them; migrations/ make them. Documents are JSON in the names of the company file.

/** One row: what belongs to the whole installation. */
interface InstallationTable {
  id: 1;
  version: number;
  saved_at: number;
  /** JSON: home, security, outbound. */
  document: string;
}

/** An entry of a list of the company file (phones, trunks …), in its order. */
interface EntryTable {
  name: string;
  position: number;
  /** JSON without its secret. */
  document: string;
}

/** An entry that has a secret (password, URL with a key in it), sealed (seal.ts). */
interface SecretEntryTable extends EntryTable {
  secret: Uint8Array | null;
}

/** What a message was converted to; null where it never was. */
interface AudioMessageTable extends EntryTable {
  content: string | null;
  duration_ms: number | null;
}

interface PlanTable {
  name: string;
  position: number;
  version: number;
}

/** A plan as it was published; rows are never changed. */
interface PlanVersionTable {
  name: string;
  version: number;
  document: string;
  published_at: number;
}

interface NumberTable extends EntryTable {
  plan: string | null;
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
  missed: number;
  answered_by: string | null;
  trace: Uint8Array;
  /** Behind the long one, where it came late (migration 0003): lists ask the index for it, and never read it. */
  kind: string;
  attempts: number;
}

interface BindingTable {
  extension: string;
  key: string;
  expires_at: number;
  document: string;
}

export interface Tables {
  installation: InstallationTable;
  phones: SecretEntryTable;
  groups: EntryTable;
  trunks: SecretEntryTable;
  audio_messages: AudioMessageTable;
  webhooks: SecretEntryTable;
  plans: PlanTable;
  plan_versions: PlanVersionTable;
  numbers: NumberTable;
  calls: CallTable;
  bindings: BindingTable;
}
