import type { CompanyFile } from "../company/file.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { utcMinute } from "../lib/utc-minute.ts";
import type { Company } from "../model/company.ts";
import { quotedName } from "../model/entities/check.ts";
import type { Entities } from "../model/entities/entities.ts";
import { type AnyKind, kindOf } from "../model/entities/kinds.ts";
import { type Conflict, type Formers, type Merge, merge, NOTHING_SINCE } from "../model/entities/merge.ts";
import type { Problem } from "../model/problem.ts";
import type { ProblemCode } from "../model/problem-codes.ts";
import type { Desk } from "./desk.ts";

/** Problems that `--overwrite` does away with. */
export const OVERWRITABLE: ReadonlySet<ProblemCode> = new Set([
  "changedOnBothSides",
  "noBasedOn",
  "unknownBasedOn",
]);

/** What a file means to what is stored. */
export interface FileEdits extends Merge {
  /** Why the file is not laid beside what it was made of, and nothing of it is taken; the edits are those of an overwrite. */
  readonly refusal: Problem | undefined;
}

/**
 * The edits of a company file: against the version that it was made of (`basedOn`), so that nothing that was changed here
 * meanwhile is undone. A file that does not say is taken whole where nothing but files has changed anything. `overwrite`:
 * whatever was changed here goes.
 */
export async function fileEdits(
  before: Entities,
  file: Pick<CompanyFile, "company" | "was">,
  desk: Pick<Desk, "kept" | "isAsApplied" | "since">,
  overwrite: boolean,
): Promise<FileEdits> {
  const base =
    overwrite || before.version === 0 ? ok(NOTHING_SINCE) : await baseOf(before, file.company, desk);
  const merged = merge(before, file, base.ok ? base.value : NOTHING_SINCE);
  // What changes nothing undoes nothing.
  const refusal = base.ok || merged.edits.length === 0 ? undefined : base.error;
  return { ...merged, refusal };
}

async function baseOf(
  before: Entities,
  { basedOn, basedOnMark }: Company,
  desk: Pick<Desk, "kept" | "isAsApplied" | "since">,
): Promise<Result<Formers, Problem>> {
  if (basedOn === undefined) {
    if (desk.kept !== undefined || desk.isAsApplied) return ok(NOTHING_SINCE);
    return err(problem([], "noBasedOn", withoutBase(before)));
  }
  const path = ["basedOn"];
  if (basedOn > before.version) {
    const text = `There is no version ${basedOn} here yet; the newest is ${before.version}. The file is of another installation, or of what was there before a backup was restored. ${ADVICE}`;
    return err(problem(path, "unknownBasedOn", text));
  }
  const since = await desk.since(basedOn);
  if (since === undefined)
    return err(
      problem(
        path,
        "unknownBasedOn",
        `What was changed since version ${basedOn} is not known any more. ${ADVICE}`,
      ),
    );
  if (basedOnMark !== undefined && basedOnMark !== since.mark) {
    const text = `The file was made of version ${basedOn} of another installation, or of one that a backup has taken the place of. ${ADVICE}`;
    return err(problem(["basedOnMark"], "unknownBasedOn", text));
  }
  return ok(since.formers);
}

const ADVICE =
  "Export the company, put your changes into that file and apply it; or apply this one with --overwrite, which undoes what was changed here.";

function withoutBase(before: Entities): string {
  const newest = [...before].sort((one, other) => other.changedAt - one.changedAt)[0];
  const who =
    newest === undefined
      ? ""
      : ` (the last was ${nameOf(newest.kind, kindOf(newest.kind).key(newest.document))}, by ${newest.changedBy} on ${utcMinute(newest.changedAt)} UTC)`;
  return `The file does not say which version it was made of (basedOn), and things were changed here since a file was applied last${who}. ${ADVICE}`;
}

/** Each thing that both sides have changed, as a problem of the file. */
export function conflictProblems(conflicts: readonly Conflict[]): readonly Problem[] {
  return conflicts.map((conflict) =>
    problem(conflict.path, "changedOnBothSides", conflictSentence(conflict)),
  );
}

/** `Phone 215 was changed here by anna on 2026-11-29 14:21 UTC, and in this file as well.` */
export function conflictSentence({ kind, key, here, inFile, changedBy, changedAt }: Conflict): string {
  const name = nameOf(kind, key);
  const what = `${name.slice(0, 1).toUpperCase()}${name.slice(1)} was ${here} here by ${changedBy} on ${utcMinute(changedAt)} UTC`;
  if (!inFile) return `${what}, and is not in this file any more.`;
  const there = {
    changed: "and in this file as well",
    removed: "and is changed in this file",
    added: "and is another one in this file",
  }[here];
  return `${what}, ${there}.`;
}

function nameOf(kind: AnyKind["kind"], key: string): string {
  return quotedName(kindOf(kind), key);
}

function problem(path: Problem["path"], code: ProblemCode, message: string): Problem {
  return { path, severity: "error", code, message };
}
