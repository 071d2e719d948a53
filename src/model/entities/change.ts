import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { KeptInFile } from "../kept-in-file.ts";
import type { DocumentPath, Problem } from "../problem.ts";
import { checkDocument, quotedName, sharingKeys } from "./check.ts";
import { type Entities, type Entity, type EntityDelta, keyOf } from "./entities.ts";
import { type AnyDocument, type AnyKind, type KindName, kindOf, kinds } from "./kinds.ts";
import { isSame } from "./same.ts";

/** One entity is to come, to be another, or to go. */
export type Edit =
  | {
      readonly type: "put";
      readonly kind: KindName;
      /** Which one; undefined: a new one. */
      readonly id: string | undefined;
      /** The revision that the person has seen; undefined: whichever it has. */
      readonly revision?: number | undefined;
      /** Of the right shape, with its secrets. */
      readonly document: AnyDocument;
      /** Of a new one that was there before: what it was then. Undefined: what went under its name last, or nothing. */
      readonly identity?: Identity | undefined;
      /** Where among those of its kind; undefined: where it is, a new one at the end. */
      readonly position?: number | undefined;
    }
  | {
      readonly type: "drop";
      readonly kind: KindName;
      readonly id: string;
      readonly revision?: number | undefined;
    };

/** What an entity is before it is put: a new id with revision 0, or what it was when it went. */
export interface Identity {
  readonly id: string;
  readonly revision: number;
}

/** By what something that went is found again. */
export function buriedAs(kind: KindName, key: string): string {
  return `${kind} ${key}`;
}

/** Who changes, when, and where the identities of what comes are from. */
export interface Editor {
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly identity: (kind: KindName, key: string) => Identity;
}

/** A problem of an entity; its path is that in the document. */
export interface EntityProblem extends Problem {
  readonly kind: KindName;
  readonly key: string;
}

/** Why edits cannot be made, each in a sentence. Nothing of them is made then. */
export type EditRefusal =
  | { readonly code: "gone" | "needed"; readonly sentence: string }
  /** Somebody else was faster. */
  | { readonly code: "stale"; readonly sentence: string; readonly current: Entity }
  | { readonly code: "taken"; readonly sentence: string; readonly by: Entity }
  | { readonly code: "used"; readonly sentence: string; readonly users: readonly Entity[] }
  | { readonly code: "full"; readonly sentence: string }
  /** A company file keeps it. */
  | { readonly code: "kept"; readonly sentence: string; readonly kept: KeptInFile }
  | { readonly code: "invalid"; readonly sentence: string; readonly problems: readonly EntityProblem[] };

/** A change that may be made. */
export interface PlannedChange {
  readonly before: Entities;
  readonly after: Entities;
  readonly delta: EntityDelta;
  /** What is not changed itself, but was checked against something that is; as it is after the change. */
  readonly affected: readonly Entity[];
  readonly warnings: readonly EntityProblem[];
}

/**
 * Works out what edits make of a configuration, all of them or none, and checks what they change and what refers to that.
 * Undefined: they change nothing.
 */
export function planChange(
  before: Entities,
  edits: readonly Edit[],
  editor: Editor,
): Result<PlannedChange | undefined, EditRefusal> {
  const found = edits.map((edit) => refusalOf(before, edit)).find((refusal) => refusal !== undefined);
  if (found !== undefined) return err(found);
  const put = edits.flatMap((edit) => (edit.type === "put" ? newForm(before, edit, editor) : []));
  const drop = edits.flatMap((edit) => (edit.type === "drop" ? (before.byId(edit.id) ?? []) : []));
  if (put.length + drop.length === 0) return ok(undefined);
  const delta: EntityDelta = { version: before.version + 1, by: editor.by, at: editor.at, put, drop };
  const clash = takenKey(before, delta) ?? fullKind(before, delta);
  if (clash !== undefined) return err(clash);
  const after = before.with(delta);
  const used = usedYet(before, after, delta);
  if (used !== undefined) return err(used);
  const affected = affectedBy(before, after, delta);
  const problems = [...put, ...affected].flatMap((entity) => problemsOf(entity, after));
  const errors = problems.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first !== undefined) return err({ code: "invalid", sentence: first.message, problems });
  return ok({ before, after, delta, affected, warnings: problems });
}

/** The edits that give something another name: of itself, and of all that refer to it. */
export function renaming(before: Entities, id: string, document: AnyDocument): readonly Edit[] {
  const entity = before.byId(id);
  if (entity === undefined) return [];
  const { kind } = entity;
  const [from, to] = [keyOf(entity), kindOf(kind).key(document)];
  const users = before.usersOf(kind, from).filter((user) => user.id !== id);
  return [
    { type: "put", kind, id, document },
    ...users.map((user): Edit => {
      const paths = kindOf(user.kind)
        .references(user.document)
        .filter((one) => one.weak !== true && one.kind === kind && one.key === from)
        .map(({ path }) => path);
      const renamed = paths.reduce<AnyDocument>((all, path) => withAt(all, path, to), user.document);
      return { type: "put", kind: user.kind, id: user.id, revision: user.revision, document: renamed };
    }),
  ];
}

/** A copy with another value at a path. */
function withAt<Whole>(whole: Whole, [key, ...rest]: DocumentPath, value: string): Whole {
  if (key === undefined) return value as Whole;
  if (Array.isArray(whole))
    return whole.map((inner: unknown, at) => (at === key ? withAt(inner, rest, value) : inner)) as Whole;
  const inner = (whole as Readonly<Record<string, unknown>>)[key];
  return { ...whole, [key]: withAt(inner, rest, value) };
}

function refusalOf(before: Entities, edit: Edit): EditRefusal | undefined {
  if (edit.id === undefined) return undefined;
  const current = before.byId(edit.id);
  const { noun } = kindOf(edit.kind);
  if (current === undefined || current.kind !== edit.kind)
    return { code: "gone", sentence: `This ${noun} is not there any more.` };
  if (edit.type === "drop" && kindOf(edit.kind).place.type === "top")
    return { code: "needed", sentence: `There are always ${noun}; change them instead.` };
  if (edit.revision === undefined || edit.revision === current.revision) return undefined;
  const what = quotedName(kindOf(edit.kind), keyOf(current));
  const sentence = `${capital(what)} was changed meanwhile by ${current.changedBy}: it is at revision ${current.revision}, and this change was made to revision ${edit.revision}. Nothing was changed.`;
  return { code: "stale", sentence, current };
}

/** The entity as it will be; none where that is as it is. */
function newForm(
  before: Entities,
  edit: Extract<Edit, { type: "put" }>,
  { by, at, identity }: Editor,
): readonly Entity[] {
  const { kind, document } = edit;
  const known = edit.id === undefined ? undefined : before.byId(edit.id);
  const position = edit.position ?? known?.position ?? endOf(before, kind);
  if (known === undefined) {
    const { id, revision } = edit.identity ?? identity(kind, kindOf(kind).key(document));
    return [{ kind, id, revision: revision + 1, document, position, changedBy: by, changedAt: at }];
  }
  const isChanged = !isSame(known.document, document);
  if (!isChanged) return position === known.position ? [] : [{ ...known, position }];
  return [{ ...known, revision: known.revision + 1, document, position, changedBy: by, changedAt: at }];
}

function endOf(before: Entities, kind: KindName): number {
  let last = -1;
  for (const { position } of before.all(kind)) last = Math.max(last, position);
  return Math.floor(last) + 1;
}

/** Two may not have one key, also where they are of two kinds that share their keys. */
function takenKey(before: Entities, { put, drop }: EntityDelta): EditRefusal | undefined {
  const moved = new Set([...put, ...drop].map(({ id }) => id));
  const taken = new Map<string, Entity>();
  for (const entity of put) {
    const kind = kindOf(entity.kind);
    const key = kind.key(entity.document);
    const place = `${kind.keySpace} ${key}`;
    const others = sharingKeys(kind, kinds).flatMap((name) => before.get(name, key) ?? []);
    const by = taken.get(place) ?? others.find(({ id }) => !moved.has(id));
    if (by !== undefined) {
      const shown = key === "" ? kind.keySpace : `${kind.keySpace} "${key}"`;
      return { code: "taken", by, sentence: `${shown} is there already; it must be unique.` };
    }
    taken.set(place, entity);
  }
  return undefined;
}

function fullKind(before: Entities, { put, drop }: EntityDelta): EditRefusal | undefined {
  for (const { kind, place } of kinds) {
    if (place.type !== "list") continue;
    const come = put.filter((one) => one.kind === kind && before.byId(one.id) === undefined).length;
    const gone = drop.filter((one) => one.kind === kind).length;
    if (come > gone && before.count(kind) + come - gone > place.most)
      return { code: "full", sentence: `There may be ${place.most} entries of ${place.key}, no more.` };
  }
  return undefined;
}

/** What goes, or is named otherwise, while others need it under the name that it had. */
function usedYet(before: Entities, after: Entities, { put, drop }: EntityDelta): EditRefusal | undefined {
  for (const entity of [...drop, ...put.flatMap(({ id }) => before.byId(id) ?? [])]) {
    const key = keyOf(entity);
    if (after.get(entity.kind, key) !== undefined) continue;
    const users = after.usersOf(entity.kind, key);
    if (users.length === 0) continue;
    const shown = users.slice(0, 5).map((user) => quotedName(kindOf(user.kind), keyOf(user)));
    const more = users.length > shown.length ? ` and ${users.length - shown.length} more` : "";
    const what = capital(quotedName(kindOf(entity.kind), key));
    const sentence = `${what} is used by ${shown.join(", ")}${more}. Nothing was changed.`;
    return { code: "used", sentence, users };
  }
  return undefined;
}

/** Those that looked at something of which they would now see another thing. */
function affectedBy(before: Entities, after: Entities, { put, drop }: EntityDelta): readonly Entity[] {
  const changed = new Set([...put, ...drop].map(({ id }) => id));
  const places = new Map<string, readonly [KindName, string]>();
  for (const { id, kind } of [...put, ...drop]) {
    for (const form of [before.byId(id), after.byId(id)]) {
      if (form === undefined) continue;
      const key = keyOf(form);
      if (seenAt(before, kind, key) !== seenAt(after, kind, key)) places.set(`${kind} ${key}`, [kind, key]);
    }
  }
  const users = [...places.values()].flatMap(([kind, key]) => after.lookingFor(kind, key));
  return [...new Set(users)].filter(({ id }) => !changed.has(id));
}

function seenAt(entities: Entities, kind: KindName, key: string): string | undefined {
  const found = entities.get(kind, key);
  return found === undefined ? undefined : kindOf(kind).seen(found.document);
}

function problemsOf(entity: Entity, after: Entities): readonly EntityProblem[] {
  const kind: AnyKind = kindOf(entity.kind);
  const key = keyOf(entity);
  return checkDocument(kind, entity.document, after.around).map((one) => ({
    ...one,
    kind: entity.kind,
    key,
  }));
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
