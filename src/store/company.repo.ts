import type { Transaction } from "kysely";
import type { PlanDocument } from "../dialplan/plan.ts";
import type { AudioMessageDocument } from "../model/entities/audio-message.ts";
import { buriedAs, type Identity } from "../model/entities/change.ts";
import { Entities, type Entity, type EntityDelta } from "../model/entities/entities.ts";
import type { CompanyRepository, StoredEntities, TrashedEntity } from "../model/repositories.ts";
import { append } from "./audit.repo.ts";
import { BURIED_MS } from "./buried.ts";
import { companyFiles, keepFormer, keptIn, lastApplied, noteApplied } from "./company-files.ts";
import type { Database } from "./database.ts";
import { fromRow, reshaped, toRow } from "./entity-row.ts";
import { inParts } from "./in-parts.ts";
import { NAMED_BY_NO_CALL } from "./plans.repo.ts";
import type { Seal } from "./seal.ts";
import { settledTime } from "./settled-time.ts";
import type { EntityTable, Tables } from "./tables.ts";

/** Versions of one plan that are kept, besides those that a call has taken. */
const KEPT_PLAN_VERSIONS = 100;

/** The configuration in the database. */
export function companyRepository(database: Database, seal: Seal): CompanyRepository {
  return {
    load: () => database.transaction().execute((transaction) => load(transaction, seal)),
    commit: (delta, entry, file) =>
      database.transaction().execute(async (transaction) => {
        const outcome = await commit(transaction, seal, delta);
        if (outcome === "stale") return outcome;
        if (entry !== undefined) await append(transaction, entry);
        if (file !== undefined) await noteApplied(transaction, file);
        return outcome;
      }),
    ...companyFiles(database, seal),
    async trash({ limit, before }) {
      const rows = await database
        .selectFrom("entities")
        .selectAll()
        .where("dropped_at", "is not", null)
        .$if(before !== undefined, (query) =>
          query.where((where) =>
            where.or([
              where("dropped_at", "<", before?.droppedAt ?? 0),
              where("dropped_at", "=", before?.droppedAt ?? 0).and("id", "<", before?.id ?? ""),
            ]),
          ),
        )
        .orderBy("dropped_at", "desc")
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map((row) => trashed(row, seal));
    },
    async trashed(id) {
      const row = await database
        .selectFrom("entities")
        .selectAll()
        .where("id", "=", id)
        .where("dropped_at", "is not", null)
        .executeTakeFirst();
      return row === undefined ? undefined : trashed(row, seal);
    },
    async trashedSound() {
      const rows = await database
        .selectFrom("entities")
        .select("document")
        .where("kind", "=", "audioMessage")
        .where("dropped_at", "is not", null)
        .execute();
      const documents = rows.map((row) => JSON.parse(row.document) as AudioMessageDocument);
      return new Set(documents.flatMap(({ sound }) => sound?.content ?? []));
    },
    async planVersion(id, version) {
      const row = await database
        .selectFrom("plan_versions")
        .select("document")
        .where("id", "=", id)
        .where("version", "=", version)
        .executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.document) as PlanDocument);
    },
  };
}

async function load(transaction: Transaction<Tables>, seal: Seal): Promise<StoredEntities> {
  const installation = await transaction.selectFrom("installation").selectAll().executeTakeFirst();
  if (installation === undefined)
    return { entities: Entities.none, buried: new Map(), kept: undefined, lastApplied: undefined };
  const rows = await transaction.selectFrom("entities").selectAll().where("dropped_at", "is", null).execute();
  const gone = await transaction
    .selectFrom("entities")
    .select(["kind", "key", "id", "revision"])
    .where("dropped_at", "is not", null)
    .orderBy("dropped_at")
    .execute();
  const entities: Entity[] = [];
  for (const row of rows) {
    const entity = fromRow(row, seal);
    entities.push(entity);
    const now = reshaped(row, entity);
    if (now !== undefined)
      await transaction.updateTable("entities").set(now).where("id", "=", row.id).execute();
  }
  return {
    entities: Entities.of(installation.version, installation.saved_at, entities),
    buried: new Map<string, Identity>(
      gone.map(({ kind, key, id, revision }) => [buriedAs(kind as Entity["kind"], key), { id, revision }]),
    ),
    kept: keptIn(installation),
    lastApplied: await lastApplied(transaction),
  };
}

async function commit(
  transaction: Transaction<Tables>,
  seal: Seal,
  { version, by, at, put, drop }: EntityDelta,
): Promise<"committed" | "stale"> {
  const before = await transaction.selectFrom("installation").select("version").executeTakeFirst();
  if ((before?.version ?? 0) + 1 !== version) return "stale";
  await keepFormer(
    transaction,
    { version, at },
    [...put, ...drop].map(({ id }) => id),
  );
  await inParts(drop, (part) =>
    transaction
      .updateTable("entities")
      .set({ dropped_at: at, dropped_by: by })
      .where("id", "in", ids(part))
      .execute(),
  );
  // Out of the way first: two of them may have changed names with each other.
  await inParts(put, (part) => transaction.deleteFrom("entities").where("id", "in", ids(part)).execute());
  await inParts(put, (part) =>
    transaction
      .insertInto("entities")
      .values(part.map((entity) => toRow(entity, seal)))
      .execute(),
  );
  await keepPlans(transaction, put, at);
  await transaction
    .deleteFrom("entities")
    .where("dropped_at", "<", (await settledTime(transaction, at)) - BURIED_MS)
    .execute();
  await transaction
    .insertInto("installation")
    .values({ id: 1, version, saved_at: at })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ version, saved_at: at }))
    .execute();
  return "committed";
}

/** Keeps each revision of a plan; what was published before is never touched. */
async function keepPlans(
  transaction: Transaction<Tables>,
  put: readonly Entity[],
  at: number,
): Promise<void> {
  const plans = put.filter(({ kind }) => kind === "plan");
  await inParts(plans, (part) =>
    transaction
      .insertInto("plan_versions")
      .values(
        part.map(({ id, revision, document, changedBy }) => ({
          id,
          version: revision,
          document: JSON.stringify(document),
          published_at: at,
          published_by: changedBy,
          note: "",
        })),
      )
      // It only has another place now.
      .onConflict((conflict) => conflict.columns(["id", "version"]).doNothing())
      .execute(),
  );
  for (const { id, revision } of plans) {
    if (revision <= KEPT_PLAN_VERSIONS) continue;
    await transaction
      .deleteFrom("plan_versions")
      .where("id", "=", id)
      .where("version", "<=", revision - KEPT_PLAN_VERSIONS)
      .where(NAMED_BY_NO_CALL)
      .execute();
  }
}

function trashed(row: EntityTable, seal: Seal): TrashedEntity {
  return {
    entity: fromRow(row, seal),
    droppedAt: row.dropped_at ?? 0,
    droppedBy: row.dropped_by ?? row.changed_by,
  };
}

function ids(entities: readonly Entity[]): readonly string[] {
  return entities.map(({ id }) => id);
}
