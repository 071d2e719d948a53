import type { DocumentPath } from "../dialplan/outline.ts";
import type { Suggestion } from "../lib/did-you-mean.ts";
import type { ProblemCode } from "./problem-codes.ts";

export type { DocumentPath };

/** Something wrong, or questionable, in a document; the sentence says what, and where possible what to write. */
export interface Problem {
  readonly path: DocumentPath;
  /** `error` refuses the document, `warning` is only told. */
  readonly severity: "error" | "warning";
  /** Which problem it is (docs/reference/problems.md). */
  readonly code: ProblemCode;
  readonly message: string;
  /** What was probably meant, where the sentence asks that. */
  readonly suggestion?: Suggestion | undefined;
  /** The problem is the key at the end of the path (misspelt, for example), not its value. */
  readonly atKey?: boolean;
}

/** A problem with its place in the file that the document was read from. */
export interface LocatedProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `plans[0].steps[1].phone`, or empty for the whole file. */
  readonly path: string;
  readonly severity: Problem["severity"];
  readonly code: ProblemCode;
  readonly message: string;
  readonly suggestion?: Suggestion | undefined;
}

/** `plans[0].steps[1].phone`; the top of a document is the empty string. */
export function formatPath(path: DocumentPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}
