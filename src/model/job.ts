/** What takes long, and is done while somebody waits for it or looks elsewhere. */
export type JobKind = "applyFile" | "convertSound" | "speakText" | "receiveBackup" | "checkBackup";

/** How far something that takes long has come. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  /** The name of the file; of a text its beginning. */
  readonly about: string;
  readonly by: string;
  readonly state: "running" | "done" | "failed";
  /** Of `of` parts; both 0 while that is not known. */
  readonly done: number;
  readonly of: number;
  /** What is being done, or how it ended, for a person. */
  readonly sentence: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
}
