import type { EntityListQuery, EntityName, ShownEntity, WrittenEntity } from "../api/contract/entities.ts";
import { pointerTo } from "../api/contract/pointer.ts";
import type { DocumentProblem } from "../api/contract/problem-schema.ts";
import { type Refused, refused } from "../api/contract/problems.ts";
import type { EntityPage } from "../api/ports.ts";
import { documentSecrets } from "../company/secrets.ts";
import { createMasker, type Masker } from "../lib/masker.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { EntityProblem } from "../model/entities/change.ts";
import { type Entities, type Entity, keyOf } from "../model/entities/entities.ts";
import { type AnyDocument, type KindName, kindOf } from "../model/entities/kinds.ts";
import { maskerOf } from "../model/entities/secrets.ts";
import type { Made } from "./desk.ts";
import type { EditedEntity } from "./edit-entity.ts";

/** An entity as anybody may see it: its secrets are `***`. */
export function shownEntity(entities: Entities, entity: Entity): ShownEntity {
  const { kind, id, revision, changedBy, changedAt } = entity;
  const key = keyOf(entity);
  return {
    id,
    kind,
    key,
    revision,
    document: maskedDocument(entity, maskerOf(entities)),
    changedBy,
    changedAt,
    usedBy: entities.usersOf(kind, key).map(nameOfEntity),
  };
}

export function nameOfEntity(entity: Entity): EntityName {
  return { kind: entity.kind, id: entity.id, key: keyOf(entity) };
}

export function maskedDocument(
  { kind, document }: Pick<Entity, "kind" | "document">,
  mask: Masker,
): AnyDocument {
  return kindOf(kind).secrets.masked(document, mask);
}

/** A problem as answers have it; `own`: what was sent, of which nothing more need be said. */
export function shownProblem(
  { path, severity, code, message, suggestion, kind, key }: EntityProblem,
  own: { readonly kind: KindName; readonly key: string } | undefined,
  mask: Masker,
): DocumentProblem {
  const isOwn = own === undefined || (own.kind === kind && own.key === key);
  return {
    pointer: pointerTo(path),
    severity,
    code,
    message: mask(message),
    ...(suggestion !== undefined && { suggestion }),
    ...(!isOwn && { of: { kind, key } }),
  };
}

type SortValue = string | number;

/** What was to be changed, for what is said of it. */
export interface Sent {
  readonly kind: KindName;
  readonly key: string;
  readonly document: unknown;
}

/** An entity after a change, and what is questionable about it. */
export function writtenEntity({ entity, entities, isLive, change }: EditedEntity, sent: Sent): WrittenEntity {
  return { ...shownEntity(entities, entity), live: isLive, warnings: warningsOf({ change }, sent) };
}

export function warningsOf({ change }: Pick<Made, "change">, sent: Sent): WrittenEntity["warnings"] {
  const mask = createMasker(documentSecrets(sent.document));
  return (change?.warnings ?? []).map((one) => shownProblem(one, sent, mask));
}

/** One page of a kind. The order is by the sort's value, then by id, so that a page goes on where the last one ended. */
export function pageOf(
  entities: Entities,
  kind: KindName,
  { limit, cursor, q, sort }: EntityListQuery,
): Result<EntityPage, Refused<"badCursor">> {
  const after = cursor === undefined ? undefined : readCursor(cursor, sort);
  if (cursor !== undefined && after === undefined)
    return err(refused("badCursor", "This cursor is of no list, or of one with another sort."));
  const direction = sort.startsWith("-") ? -1 : 1;
  const valueOf = SORTS[sort.replace("-", "") as keyof typeof SORTS];
  const order = (one: Placed, other: Placed): number =>
    direction * (compare(one.value, other.value) || compare(one.id, other.id));
  const mask = maskerOf(entities);
  const found = entities
    .all(kind)
    .filter((entity) => q === undefined || isFoundBy(entity, q, mask))
    .map((entity) => ({ entity, value: valueOf(entity), id: entity.id }));
  found.sort(order);
  const rest = after === undefined ? found : found.filter((one) => order(one, after) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return ok({
    items: page.map(({ entity }) => shownEntity(entities, entity)),
    next: last === undefined || rest.length <= limit ? null : writeCursor(sort, last),
    total: found.length,
  });
}

interface Placed {
  readonly value: SortValue;
  readonly id: string;
}

const SORTS = {
  position: ({ position }: Entity): SortValue => position,
  key: (entity: Entity): SortValue => keyOf(entity),
  changedAt: ({ changedAt }: Entity): SortValue => changedAt,
} as const;

function compare(one: SortValue, other: SortValue): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function writeCursor(sort: string, { value, id }: Placed): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString("base64url");
}

function readCursor(cursor: string, sort: string): Placed | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (!Array.isArray(read) || read.length !== 3 || read[0] !== sort) return undefined;
    const [, value, id] = read as unknown[];
    const isNumber = sort.replace("-", "") !== "key";
    return typeof id === "string" && typeof value === (isNumber ? "number" : "string")
      ? { value: value as SortValue, id }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether words stand in the names and texts at the top of a document, as it is shown: no secret is found by its letters. */
function isFoundBy(entity: Entity, words: string, mask: Masker): boolean {
  const wanted = words.toLowerCase();
  const shown: readonly unknown[] = Object.values(maskedDocument(entity, mask));
  return [keyOf(entity), ...shown].some(
    (text) => typeof text === "string" && text.toLowerCase().includes(wanted),
  );
}
