import { type Company, documentsOf } from "../company.ts";
import type { DocumentPath, Problem } from "../problem.ts";
import type { Edit } from "./change.ts";
import { editsTo, type Wanted } from "./difference.ts";
import { type Entities, type Entity, keyOf } from "./entities.ts";
import { type AnyDocument, type AnyKind, type KindName, kinds } from "./kinds.ts";
import { isSame } from "./same.ts";
import { keepIn } from "./secrets.ts";

// A company file was made of the configuration as it was once, and both have been changed since. What only one side has
// changed is taken from that side; what both have is a conflict, thing by thing.

/** What a thing was at a version, where it was changed since. */
export interface Former {
  readonly kind: KindName;
  /** Undefined: it was not there. */
  readonly document: AnyDocument | undefined;
  /** Undefined: not known any more. */
  readonly position: number | undefined;
  /** Who changed it last since then, and when (ms since the epoch). */
  readonly changedBy: string;
  readonly changedAt: number;
}

/** What was changed since a version, by the ids of things; of what is not in it nothing was. */
export type Formers = ReadonlyMap<string, Former>;

/** A company file, and by which names (`kind key`, as now) it had its things before. */
export interface Filed {
  readonly company: Company;
  readonly was: ReadonlyMap<string, string>;
}

/** A thing that the file and somebody here have changed, each in another way. */
export interface Conflict {
  readonly kind: KindName;
  /** As it is called here now, or was when it was last there. */
  readonly key: string;
  readonly id: string;
  /** Where in the file; that of the list where the file does not have it any more. */
  readonly path: DocumentPath;
  /** What was done here: it is another now, is gone, or has come; and whether the file has it. */
  readonly here: "changed" | "removed" | "added";
  readonly inFile: boolean;
  readonly changedBy: string;
  readonly changedAt: number;
  readonly before: AnyDocument | undefined;
  readonly now: AnyDocument | undefined;
  readonly file: AnyDocument | undefined;
}

export interface Merge {
  readonly edits: readonly Edit[];
  readonly conflicts: readonly Conflict[];
  /** Of the file, at their paths in it: secrets that are to be kept and are not there. */
  readonly problems: readonly Problem[];
}

/** What is different where nothing was changed meanwhile: all that the file says is taken. */
export const NOTHING_SINCE: Formers = new Map();

/** The edits that a file means to a configuration that it was not made of, or not any more. Conflicts are left as they are. */
export function merge(now: Entities, filed: Filed, since: Formers): Merge {
  const merged = kinds.map((kind) => new KindMerge(kind, now, filed, since).run());
  return {
    edits: merged.flatMap(({ edits }) => edits),
    conflicts: merged.flatMap(({ conflicts }) => conflicts),
    problems: merged.flatMap(({ problems }) => problems),
  };
}

/** A thing as it was when the file was made. */
interface Base {
  readonly id: string;
  readonly document: AnyDocument;
  readonly position: number;
}

class KindMerge {
  readonly #kind: AnyKind;
  readonly #now: Entities;
  readonly #filed: Filed;
  readonly #since: Formers;
  readonly #base: ReadonlyMap<string, Base>;
  readonly #current: readonly Entity[];
  readonly #conflicts: Conflict[] = [];
  readonly #problems: Problem[] = [];
  /** Of things that the file has, or that are dealt with. */
  readonly #seen = new Set<string>();
  /** By the thing's id where it is stored; in the order of the file. */
  readonly #inFile: Wanted[] = [];
  /** Positions that the things of the file had, in its order. */
  readonly #former: number[] = [];

  constructor(kind: AnyKind, now: Entities, filed: Filed, since: Formers) {
    this.#kind = kind;
    this.#now = now;
    this.#filed = filed;
    this.#since = since;
    this.#current = now.all(kind.kind);
    this.#base = baseOf(kind, this.#current, since);
  }

  run(): Merge {
    for (const { document, path } of documentsOf(this.#filed.company, this.#kind))
      this.#fromFile(document, path);
    const gone = new Set(this.#notInFile());
    const rest = this.#current.filter(({ id }) => !this.#seen.has(id) && !gone.has(id));
    const edits = editsTo(this.#now, this.#kind, this.#inOrder(rest));
    return { edits, conflicts: this.#conflicts, problems: this.#problems };
  }

  #fromFile(document: AnyDocument, path: DocumentPath): void {
    const key = this.#kind.key(document);
    const was = this.#filed.was.get(`${this.#kind.kind} ${key}`);
    const base = this.#base.get(key) ?? (was === undefined ? undefined : this.#base.get(was));
    if (base === undefined) {
      this.#added(document, path, was);
      return;
    }
    this.#seen.add(base.id);
    this.#former.push(base.position);
    const stored = this.#now.byId(base.id);
    const isAsItWas = isSame(this.#kept(document, base.document), base.document);
    const isHereAsItWas = stored !== undefined && isSame(stored.document, base.document);
    if (isAsItWas) {
      if (stored !== undefined) this.#inFile.push({ document: stored.document, stored });
      return;
    }
    if (stored === undefined) {
      this.#conflict({
        id: base.id,
        key,
        path,
        here: "removed",
        inFile: true,
        before: base.document,
        document,
      });
      return;
    }
    const filled = this.#filled(document, stored, path);
    if (isHereAsItWas || isSame(filled, stored.document)) {
      this.#inFile.push({ document: filled, stored });
      return;
    }
    this.#inFile.push({ document: stored.document, stored });
    const about = { id: base.id, key: keyOf(stored), before: base.document, document: filled };
    this.#conflict({ ...about, path, here: "changed", inFile: true });
  }

  /** The file has what was not there when it was made; it may have come here meanwhile as well. */
  #added(document: AnyDocument, path: DocumentPath, was: string | undefined): void {
    const { kind } = this.#kind;
    const key = this.#kind.key(document);
    const stored = this.#now.get(kind, key) ?? (was === undefined ? undefined : this.#now.get(kind, was));
    const filled = this.#filled(document, stored, path);
    if (stored === undefined) {
      this.#inFile.push({ document: filled, stored });
      return;
    }
    this.#seen.add(stored.id);
    this.#inFile.push({ document: stored.document, stored });
    if (isSame(filled, stored.document)) return;
    const about = { id: stored.id, key: keyOf(stored), before: undefined, document: filled };
    this.#conflict({ ...about, path, here: "added", inFile: true });
  }

  /** Ids of what goes, for the file has it no more and nobody has touched it here. */
  *#notInFile(): Generator<string> {
    for (const { id, document } of this.#base.values()) {
      if (this.#seen.has(id)) continue;
      const stored = this.#now.byId(id);
      if (stored === undefined) continue;
      if (isSame(stored.document, document)) {
        yield id;
        continue;
      }
      const { place } = this.#kind;
      const path = place.type === "top" ? [] : [place.key];
      const about = { id, key: keyOf(stored), before: document };
      this.#conflict({ ...about, path, here: "changed", inFile: false, document: undefined });
    }
  }

  #conflict({
    id,
    document,
    ...about
  }: Omit<Conflict, "kind" | "changedBy" | "changedAt" | "now" | "file"> & {
    readonly document: AnyDocument | undefined;
  }): void {
    const now = this.#now.byId(id);
    const { changedBy, changedAt } = this.#since.get(id) ?? now ?? { changedBy: "", changedAt: 0 };
    const { kind } = this.#kind;
    this.#conflicts.push({ ...about, kind, id, changedBy, changedAt, now: now?.document, file: document });
  }

  /** With the secrets of what is stored; those that are not there are problems of the file. */
  #filled(document: AnyDocument, stored: Entity | undefined, path: DocumentPath): AnyDocument {
    const kept = keepIn(this.#now, this.#kind, document, stored);
    this.#problems.push(...kept.problems.map((one) => ({ ...one, path: [...path, ...one.path] })));
    return kept.document;
  }

  /** As the file means a thing that it has not touched: with the secrets that it had. */
  #kept(document: AnyDocument, before: AnyDocument): AnyDocument {
    return keepIn(this.#now, this.#kind, document, { document: before }).document;
  }

  /** In the order of the file where it has another one than before, else in that which they have here. */
  #inOrder(rest: readonly Entity[]): readonly Wanted[] {
    const others = rest.map((stored): Wanted => ({ document: stored.document, stored }));
    const place = ({ stored }: Wanted): number => stored?.position ?? 0;
    const here = [...this.#inFile.filter(({ stored }) => stored !== undefined), ...others].sort(
      (one, other) => place(one) - place(other),
    );
    const isReordered = this.#former.some((position, at) => position < (this.#former[at - 1] ?? -Infinity));
    return isReordered ? woven(this.#inFile, here) : woven(here, this.#inFile);
  }
}

function baseOf(kind: AnyKind, current: readonly Entity[], since: Formers): ReadonlyMap<string, Base> {
  const base = new Map<string, Base>();
  const positions = new Map(current.map(({ id, position }) => [id, position]));
  for (const { id, document, position } of current)
    if (!since.has(id)) base.set(kind.key(document), { id, document, position });
  for (const [id, { kind: name, document, position }] of since) {
    if (name !== kind.kind || document === undefined) continue;
    base.set(kind.key(document), { id, document, position: position ?? positions.get(id) ?? 0 });
  }
  return base;
}

/** One sequence with what only the other one has, each behind what it stands behind there. */
function woven<Item>(sequence: readonly Item[], other: readonly Item[]): readonly Item[] {
  const known = new Set(sequence);
  const behind = new Map<Item | undefined, Item[]>();
  let last: Item | undefined;
  for (const item of other) {
    if (known.has(item)) last = item;
    else {
      const group = behind.get(last) ?? [];
      behind.set(last, group);
      group.push(item);
    }
  }
  return [undefined, ...sequence].flatMap((item) => [
    ...(item === undefined ? [] : [item]),
    ...(behind.get(item) ?? []),
  ]);
}
