/** What is there is changed in a company file alone. */
export interface KeptInFile {
  /** Its name, as it was applied. */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly appliedAt: number;
  readonly appliedBy: string;
}

/** A company file that is applied. */
export interface AppliedFile extends KeptInFile {
  /** SHA-256 of its text, in hex. */
  readonly hash: string;
  /** It keeps what it has. */
  readonly keeps: boolean;
  /** It has all that is there after it; else something that was changed elsewhere has stayed. */
  readonly isAll: boolean;
}
