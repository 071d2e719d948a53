import type { FileChange, FileConflict, FileDifference } from "../api/contract/company-file.ts";
import { type CompanyFile, readCompany } from "../company/file.ts";
import { companySecrets } from "../company/secrets.ts";
import { createMasker, type Masker } from "../lib/masker.ts";
import type { Result } from "../lib/result.ts";
import { ok } from "../lib/result.ts";
import { documentsOf } from "../model/company.ts";
import type { PlannedChange } from "../model/entities/change.ts";
import { describeChange } from "../model/entities/difference.ts";
import { type Entities, type Entity, keyOf } from "../model/entities/entities.ts";
import { type AnyDocument, type KindName, kindOf, kinds } from "../model/entities/kinds.ts";
import type { Conflict } from "../model/entities/merge.ts";
import { maskerOf, secretsOf } from "../model/entities/secrets.ts";
import type { DocumentPath, LocatedProblem, Problem } from "../model/problem.ts";
import { placedIn, refusalOf } from "./apply.ts";
import type { Desk } from "./desk.ts";
import { conflictSentence, fileEdits } from "./file-edits.ts";

/** Nobody sees it: nothing is changed. */
const BY = "a company file";

/**
 * What an apply of a company file would do, worked out as an apply works it out, with every secret masked. Nothing is
 * changed. An error: the file itself has errors. Rejects when the store fails.
 */
export async function diffCompany(
  text: string,
  file: string,
  desk: Desk,
  overwrite: boolean,
): Promise<Result<FileDifference, readonly LocatedProblem[]>> {
  const read = readCompany(text, file);
  if (!read.ok) return read;
  const { value } = read;
  const { entities: before, kept } = desk;
  const wanted = await fileEdits(before, value, desk, overwrite);
  const planned = await desk.plan<never>(BY, () => ok(wanted.edits));
  const refused = [...refusalOf(wanted), ...(planned.ok ? [] : placedIn(value.company, planned.error))];
  const shown = new Shown(before, value);
  const change = planned.ok ? planned.value : undefined;
  return ok({
    version: before.version,
    basedOn: value.company.basedOn ?? null,
    keptIn: kept ?? null,
    applies: refused.length === 0,
    refusals: refused.map((one) => value.locate(one)),
    changes: change === undefined ? [] : shown.changes(change),
    sentences: change === undefined ? [] : [...describeChange(before, change.delta)],
    conflicts: wanted.conflicts.map((one) => shown.conflict(one)),
    warnings: [...value.warnings],
  });
}

/** Things as the difference shows them, with no secret of the file or of what is stored. */
class Shown {
  readonly #before: Entities;
  readonly #file: CompanyFile;
  readonly #mask: Masker;
  /** Where the file has what, by `kind key`; made when first asked. */
  #places: ReadonlyMap<string, DocumentPath> | undefined;

  constructor(before: Entities, file: CompanyFile) {
    this.#before = before;
    this.#file = file;
    let own: Masker | undefined;
    const stored = maskerOf(before);
    this.#mask = (text) => {
      if (text === "") return text;
      own ??= createMasker(companySecrets(file.company));
      return own(stored(text));
    };
  }

  changes({ delta: { put, drop } }: PlannedChange): FileChange[] {
    return [
      ...put.map((entity) => this.#change(entity, true)),
      ...drop.map((entity) => this.#change(entity, false)),
    ];
  }

  conflict({ kind, id, key, path, here, changedBy, changedAt, ...about }: Conflict): FileConflict {
    const sentence = this.#mask(
      conflictSentence({ kind, id, key, path, here, changedBy, changedAt, ...about }),
    );
    return {
      kind,
      id,
      key,
      here,
      changedBy,
      changedAt,
      sentence,
      base: this.#document(kind, about.before),
      now: this.#document(kind, about.now),
      file: this.#document(kind, about.file),
      place: this.#place(path),
    };
  }

  #change(entity: Entity, isPut: boolean): FileChange {
    const { kind, id } = entity;
    const was = this.#before.byId(id);
    const key = keyOf(entity);
    return {
      kind,
      id: was === undefined ? null : id,
      key,
      what: whatIs(was, isPut ? entity : undefined),
      before: this.#document(kind, was?.document),
      after: this.#document(kind, isPut ? entity.document : undefined),
      secretChanged: isPut && was !== undefined && secretText(was) !== secretText(entity),
      place: this.#place(this.#pathOf(kind, key)),
    };
  }

  #document(kind: KindName, document: AnyDocument | undefined): AnyDocument | null {
    if (document === undefined) return null;
    const about = kindOf(kind);
    return about.secrets.masked(about.written?.(document) ?? document, this.#mask);
  }

  #pathOf(kind: KindName, key: string): DocumentPath {
    this.#places ??= new Map(
      kinds.flatMap((about) =>
        documentsOf(this.#file.company, about).map(
          ({ document, path }) => [`${about.kind} ${about.key(document)}`, path] as const,
        ),
      ),
    );
    const { place } = kindOf(kind);
    return this.#places.get(`${kind} ${key}`) ?? (place.type === "top" ? [] : [place.key]);
  }

  #place(path: DocumentPath): FileChange["place"] {
    const nowhere: Problem = { path, severity: "error", code: "editRefused", message: "" };
    const { line, column } = this.#file.locate(nowhere);
    return { line, column };
  }
}

function whatIs(was: Entity | undefined, is: Entity | undefined): FileChange["what"] {
  if (was === undefined) return "added";
  if (is === undefined) return "removed";
  if (keyOf(was) !== keyOf(is)) return "renamed";
  return was.revision === is.revision ? "moved" : "changed";
}

function secretText({ kind, document }: Entity): string {
  return JSON.stringify(secretsOf(kindOf(kind), document));
}
