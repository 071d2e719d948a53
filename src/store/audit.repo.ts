import { createHash } from "node:crypto";
import type { Transaction } from "kysely";
import type { AuditEntry, AuditedChange, AuditedDetail, StoredAuditEntry } from "../model/audit.ts";
import type { AnyDocument } from "../model/entities/kinds.ts";
import type { AuditRepository } from "../model/repositories.ts";
import type { Database } from "./database.ts";
import { inParts } from "./in-parts.ts";
import { settledTime } from "./settled-time.ts";
import type { AuditChangeTable, Tables } from "./tables.ts";

/** How long entries are kept: two years. */
const KEPT_MS = 730 * 86_400_000;

/** The audit log in the database: entries are added, and go when they are old; none is ever changed. */
export function auditRepository(database: Database): AuditRepository {
  return {
    append: (entry) => database.transaction().execute((transaction) => append(transaction, entry)),
    async list({ limit, before, entity, by, what: deed }) {
      const entries = await database
        .selectFrom("audit")
        .selectAll()
        .$if(before !== undefined, (query) => query.where("id", "<", before ?? 0))
        .$if(by !== undefined, (query) => query.where("by", "=", by ?? ""))
        .$if(deed !== undefined, (query) => query.where("what", "=", deed ?? ""))
        .$if(entity !== undefined, (query) =>
          query.where("id", "in", (inner) =>
            inner
              .selectFrom("audit_changes")
              .select("entry")
              .where("entity", "=", entity ?? ""),
          ),
        )
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      if (entries.length === 0) return [];
      const rows = await database
        .selectFrom("audit_changes")
        .selectAll()
        .where(
          "entry",
          "in",
          entries.map(({ id }) => id),
        )
        .orderBy("entry")
        .orderBy("place")
        .execute();
      return entries.map(({ id, at, by: who, what, version, hash, address, about, details }) => ({
        id,
        at,
        by: who,
        what,
        version: version ?? undefined,
        hash,
        changes: rows.filter(({ entry }) => entry === id).map(fromRow),
        ...(address !== null && { from: address }),
        ...(about !== null && { about }),
        ...(details !== null && { details: JSON.parse(details) as AuditedDetail[] }),
      }));
    },
  };
}

/** Adds an entry, in the transaction of what it tells of (docs/adr/0068). */
export async function append(transaction: Transaction<Tables>, entry: AuditEntry): Promise<void> {
  const last = await transaction
    .selectFrom("audit")
    .select(["id", "hash"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const { at, by, what, version, changes, from, about, details } = entry;
  const id = (last?.id ?? 0) + 1;
  const hash = chained(last?.hash ?? "", { id, ...entry });
  await transaction
    .insertInto("audit")
    .values({
      id,
      at,
      by,
      what,
      version: version ?? null,
      hash,
      address: from ?? null,
      about: about ?? null,
      details: details === undefined ? null : JSON.stringify(details),
    })
    .execute();
  await inParts(
    changes.map((change, place) => toRow(id, place, change)),
    (rows) => transaction.insertInto("audit_changes").values(rows).execute(),
  );
  await forget(transaction, (await settledTime(transaction, at)) - KEPT_MS);
}

/** What the hash of an entry must be after that of the one before it. */
export function chained(
  before: string,
  { id, at, by, what, version, changes, from, about, details }: Omit<StoredAuditEntry, "hash">,
): string {
  // Entries of earlier releases had none of these, and keep their hashes.
  const more = [from, about, details].some((one) => one !== undefined)
    ? [from ?? null, about ?? null, details ?? null]
    : [];
  const text = JSON.stringify([
    before,
    id,
    at,
    by,
    what,
    version ?? null,
    changes.map((one, place) => toRow(id, place, one)),
    ...more,
  ]);
  return createHash("sha256").update(text).digest("hex");
}

/** The oldest go: one that a slow clock dated stays until those before it go. */
async function forget(transaction: Transaction<Tables>, before: number): Promise<void> {
  const first = await transaction
    .selectFrom("audit")
    .select("id")
    .where("at", ">=", before)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  if (first === undefined) return;
  await transaction.deleteFrom("audit_changes").where("entry", "<", first.id).execute();
  await transaction.deleteFrom("audit").where("id", "<", first.id).execute();
}

function toRow(
  entry: number,
  place: number,
  { kind, id, key, before, after, secretChanged }: AuditedChange,
): AuditChangeTable {
  const json = (document: AnyDocument | undefined) =>
    document === undefined ? null : JSON.stringify(document);
  return {
    entry,
    place,
    kind,
    entity: id,
    key,
    secret_changed: secretChanged ? 1 : 0,
    before: json(before),
    after: json(after),
  };
}

function fromRow({ kind, entity, key, secret_changed, before, after }: AuditChangeTable): AuditedChange {
  const document = (json: string | null) => (json === null ? undefined : (JSON.parse(json) as AnyDocument));
  return {
    kind: kind as AuditedChange["kind"],
    id: entity,
    key,
    before: document(before),
    after: document(after),
    secretChanged: secret_changed === 1,
  };
}
