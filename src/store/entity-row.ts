import { type Entity, keyOf } from "../model/entities/entities.ts";
import { type AnyDocument, type AnyKind, kindNamed, kindOf } from "../model/entities/kinds.ts";
import type { Seal } from "./seal.ts";
import { shapeOf, storedSchema } from "./shape.ts";
import type { EntityTable } from "./tables.ts";

/** An entity as a row, its secret sealed for it alone. */
export function toRow(entity: Entity, seal: Seal): EntityTable {
  const { kind, id, revision, document, position, changedBy, changedAt } = entity;
  const [rest, secret] = kindOf(kind).secrets.split(document);
  return {
    id,
    kind,
    key: keyOf(entity),
    position,
    revision,
    document: JSON.stringify(rest),
    shape: shapeOf(kindOf(kind)),
    secret: secret === undefined ? null : seal.close(secret, sealedFor(id)),
    changed_by: changedBy,
    changed_at: changedAt,
    dropped_at: null,
    dropped_by: null,
  };
}

/** A row as an entity; throws when its secret does not open, for then the key file is not this database's. */
export function fromRow(row: EntityTable, seal: Seal): Entity {
  const kind = kindNamed(row.kind);
  if (kind === undefined) throw new Error(`there is no kind of entity "${row.kind}"`);
  const rest = JSON.parse(row.document) as AnyDocument;
  const whole = row.secret === null ? rest : kind.secrets.join(rest, opened(kind, row, row.secret, seal));
  return {
    kind: kind.kind,
    id: row.id,
    revision: row.revision,
    // What an older release wrote gets the defaults of this one; anything else in the table is a bug and throws.
    document: row.shape === shapeOf(kind) ? whole : storedSchema(kind).parse(whole),
    position: row.position,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  };
}

/** What makes a row one of the present shape, so that it is not checked at the next load; undefined: it is one. */
export function reshaped(
  row: EntityTable,
  { kind, document }: Entity,
): Pick<EntityTable, "document" | "shape"> | undefined {
  const shape = shapeOf(kindOf(kind));
  if (row.shape === shape) return undefined;
  const [rest] = kindOf(kind).secrets.split(document);
  return { document: JSON.stringify(rest), shape };
}

/** A document that is known without its secret; as it is where there is none, or it does not open. */
export function withSecret(
  { kind: name, id, document }: { readonly kind: string; readonly id: string; readonly document: string },
  sealed: Uint8Array | null,
  seal: Seal,
): AnyDocument {
  const kind = kindNamed(name);
  if (kind === undefined) throw new Error(`there is no kind of entity "${name}"`);
  const masked = JSON.parse(document) as AnyDocument;
  const secret = sealed === null ? undefined : seal.open(sealed, sealedFor(id));
  if (secret === undefined) return masked;
  const [rest] = kind.secrets.split(masked);
  return kind.secrets.join(rest, secret);
}

function opened(kind: AnyKind, { id, key }: EntityTable, sealed: Uint8Array, seal: Seal): string {
  // Before entities had ids, a secret was sealed for its list and name.
  const list = kind.place.type === "list" ? kind.place.key : "";
  const secret = seal.open(sealed, sealedFor(id)) ?? seal.open(sealed, `${list} ${key}`);
  if (secret !== undefined) return secret;
  throw new Error(`the stored secret of ${kind.noun} "${key}" does not open with the key in secret.key`);
}

function sealedFor(id: string): string {
  return `entity ${id}`;
}
