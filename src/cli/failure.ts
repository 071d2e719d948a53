import { err } from "../lib/result.ts";
import type { LocatedProblem } from "../model/problem.ts";

/** Why a command could not do its work. */
export type Failure =
  | { readonly type: "refused"; readonly problems: readonly LocatedProblem[] }
  /** What was asked for cannot be done: a sentence. */
  | { readonly type: "rejected" | "unavailable"; readonly sentence: string };

/** For `unavailable`: of a folder that is another's nobody else sees what is in it. */
export function noInstallation(dataDir: string): string {
  return `There is no installation in ${dataDir}, or this user may not see it: name its folder with --data DIR.`;
}

/** Something that the command needs is not there, or does not answer. */
export function unavailable(sentence: string): { readonly ok: false; readonly error: Failure } {
  return err({ type: "unavailable", sentence });
}
