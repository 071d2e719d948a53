import type { CallRecord } from "./call-record.ts";
import type { EntryRun } from "./record-entries.ts";
import type { CallSummary } from "./repositories.ts";

/** What is new of a call that is up. */
export interface LiveUpdate {
  /** As it is now; its `result` is "ongoing" until it is over. */
  readonly call: CallSummary;
  /** What came since the update before, in order, in octets that stay only while this is told. Nothing of a call is told twice. */
  readonly entries: readonly EntryRun[];
  /** The first entry of the call is among them. */
  readonly isFirst: boolean;
  /** More came than an update holds: whoever wants all reads the call anew. */
  readonly isReset: boolean;
}

/** Hears of updates at once and may not wait: what cannot be passed on is the listener's to drop. */
export type LiveListener = (update: LiveUpdate) => void;

/** Calls while they are up: from their first message until their record is closed. */
export interface LiveCalls {
  /** In the order in which they began. */
  list(): Promise<readonly CallSummary[]>;
  /** All of it so far, by id, or by the beginning of an id when only one call that is up has it. */
  get(idOrPrefix: string): Promise<CallRecord | undefined>;
  /** At most four updates a second of this call from now on, the last one with its end. Gives how to stop. */
  follow(id: string, listener: LiveListener): () => void;
  /** The same of all calls. */
  all(listener: LiveListener): () => void;
}
