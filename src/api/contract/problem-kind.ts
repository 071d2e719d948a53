/** One way in which a request can fail. */
export interface ApiProblemKind {
  readonly status: number;
  /** The same each time (RFC 9457 §3.1.3). */
  readonly title: string;
  /** What happened and what to do, as docs/reference/errors.md has it. */
  readonly sentence: string;
}
