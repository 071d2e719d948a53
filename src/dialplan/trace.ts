import type { SaidArgs } from "../lib/said.ts";

/**
 * One decision of the walk, as a person reads it. The core returns these; nobody writes them afterwards, so what
 * is shown is what was decided.
 */
export interface TraceEntry {
  /** Number of the step, such as `1.1.2` (see step-number.ts); empty for the plan as a whole. */
  readonly step: string;
  /** The plan that the step is in, where that is not the one that took the call. */
  readonly plan?: string;
  /** The step's type as in the plan document; `plan` for the plan as a whole. */
  readonly type: string;
  /** What the step is, in a few words: `Phone 215`. */
  readonly label: string;
  /** Which sentence it is (docs/reference/sentences.md); records made before there were codes have none. */
  readonly code?: string;
  /** What was decided and why: plain English, safe to print. */
  readonly text: string;
  /** The same in values: the sentence is made of the code and these. */
  readonly args?: TraceArgs;
}

/** An entry of a walk of this release: it always has its code. */
export type ToldEntry = TraceEntry & Required<Pick<TraceEntry, "code" | "args">>;

/** The arguments of what is told. */
export type TraceArgs = SaidArgs;
