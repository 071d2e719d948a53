import { type Company, companyWith, documentsOf } from "../company.ts";
import type { Edit } from "./change.ts";
import { nameOf } from "./check.ts";
import { type Entities, type Entity, type EntityDelta, keyOf } from "./entities.ts";
import { type AnyDocument, type AnyKind, kindOf, kinds } from "./kinds.ts";
import { isSame } from "./same.ts";

/** The edits that make a stored configuration what a company document says; the keys say what is the same thing. */
export function difference(before: Entities, company: Company): readonly Edit[] {
  return kinds.flatMap((kind) => {
    const wanted = documentsOf(company, kind).map(({ document }) => ({
      document,
      stored: before.get(kind.kind, kind.key(document)),
    }));
    return editsTo(before, kind, wanted);
  });
}

/** A document that is to be there, and what it takes the place of. */
export interface Wanted {
  readonly document: AnyDocument;
  readonly stored: Entity | undefined;
}

/** The edits after which there is of a kind what is wanted, in this order, and nothing else. */
export function editsTo(before: Entities, kind: AnyKind, wanted: readonly Wanted[]): readonly Edit[] {
  const positions = positionsOf(wanted.map(({ stored }) => stored));
  const kept = new Set(wanted.map(({ stored }) => stored?.id));
  return [
    ...wanted.flatMap(({ document, stored }, index): Edit[] => {
      const position = positions[index];
      const isAsItIs =
        stored !== undefined && stored.position === position && isSame(stored.document, document);
      return isAsItIs ? [] : [{ type: "put", kind: kind.kind, id: stored?.id, document, position }];
    }),
    ...before
      .all(kind.kind)
      .filter(({ id }) => !kept.has(id))
      .map(({ id }): Edit => ({ type: "drop", kind: kind.kind, id })),
  ];
}

/**
 * Where entries that stand in this order are to be: those that are stored keep their place where they are in this order
 * already, and new ones come between them; else all are placed anew.
 */
function positionsOf(stored: readonly (Entity | undefined)[]): readonly number[] {
  const anew = stored.map((_, index) => index);
  const following: (number | undefined)[] = [];
  for (let at = stored.length - 1; at >= 0; at -= 1)
    following[at] = stored[at]?.position ?? following[at + 1];
  const positions: number[] = [];
  let last = -1;
  for (const [at, entity] of stored.entries()) {
    const next = following[at];
    const position = entity?.position ?? (next === undefined ? Math.floor(last) + 1 : (last + next) / 2);
    // Halved too often, or out of order.
    if (position <= last) return anew;
    positions.push(position);
    last = position;
  }
  return positions;
}

/** The configuration as a company document. */
export function companyOf(entities: Entities): Company {
  return companyWith((kind: AnyKind) => entities.all(kind.kind).map(({ document }) => document));
}

/** What a change does, as a person reads it; secrets are compared but never shown. */
export function describeChange(before: Entities, delta: EntityDelta): readonly string[] {
  if (before.version === 0) return [`first configuration: ${amounts(delta.put)}`];
  return kinds.flatMap((kind) => describeKind(kind, before, delta));
}

function describeKind(kind: AnyKind, before: Entities, { put, drop }: EntityDelta): readonly string[] {
  const own = put.filter((entity) => entity.kind === kind.kind);
  const name = (entity: Entity) => nameOf(kind, keyOf(entity));
  const isNew = (entity: Entity) => before.byId(entity.id) === undefined;
  const changed = own.filter(({ id, revision }) => (before.byId(id)?.revision ?? revision) !== revision);
  const moved = own.some((entity) => !isNew(entity) && !changed.includes(entity));
  return [
    ...own.filter(isNew).map((entity) => `${name(entity)} added`),
    ...changed.flatMap((entity) => describeChanged(kind, before.byId(entity.id)?.document, entity)),
    ...(moved && kind.place.type === "list" ? [`order of ${kind.place.key} changed`] : []),
    ...drop.filter((entity) => entity.kind === kind.kind).map((entity) => `${name(entity)} removed`),
  ];
}

function describeChanged(
  kind: AnyKind,
  was: AnyDocument | undefined,
  { document }: Entity,
): readonly string[] {
  if (kind.place.type === "top")
    return kind.place.keys
      .filter((key) => !isSame(valueAt(was, key), valueAt(document, key)))
      .map((key) => `${key} changed`);
  const [before, after] = [was === undefined ? undefined : kind.key(was), kind.key(document)];
  if (before !== undefined && before !== after) return [`${nameOf(kind, before)} is now ${after}`];
  const isWritten = (one: AnyDocument | undefined) =>
    one === undefined ? one : (kind.written?.(one) ?? one);
  const isOnlyMadeAnew = isSame(isWritten(was), isWritten(document));
  return [`${nameOf(kind, after)} ${isOnlyMadeAnew ? "has new sound" : "changed"}`];
}

function valueAt(document: AnyDocument | undefined, key: string): unknown {
  return (document as unknown as Readonly<Record<string, unknown>> | undefined)?.[key];
}

function amounts(put: readonly Entity[]): string {
  return (["phone", "group", "trunk", "webhook", "plan", "number"] as const)
    .map((name) => {
      const count = put.filter(({ kind }) => kind === name).length;
      return `${count} ${kindOf(name).noun}${count === 1 ? "" : "s"}`;
    })
    .join(", ");
}
