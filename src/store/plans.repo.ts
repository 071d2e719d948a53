import { sql, type Transaction } from "kysely";
import type { PlanDocument } from "../dialplan/plan.ts";
import { type PlanPath, readPath, writePath } from "../model/plan-path.ts";
import type { PlanDraft, PlanRepository, PlanVersionSummary } from "../model/repositories.ts";
import type { Database } from "./database.ts";
import { RowsInsert } from "./rows-insert.ts";
import type { Tables } from "./tables.ts";

const STEPS = ["call_id", "plan_id", "version", "started_at", "path", "is_open"];

const INSERT = new RowsInsert("call_steps", STEPS, "on conflict do nothing");

// A call that is still up gets the rest of its path; a batch may come twice. By itself, as in calls.repo.ts.
const CONTINUE = new RowsInsert(
  "call_steps",
  STEPS,
  `on conflict (plan_id, started_at, call_id) do update
    set path = call_steps.path || ' ' || excluded.path, is_open = excluded.is_open where call_steps.is_open = 1`,
);

/** Keeps the steps that calls have taken, in the transaction that keeps the calls; `continued`: calls that may have steps already. */
export async function insertPaths(
  transaction: Transaction<Tables>,
  paths: readonly PlanPath[],
  continued: ReadonlySet<string>,
): Promise<void> {
  const isContinued = ({ callId }: PlanPath): boolean => continued.has(callId);
  const fresh = continued.size === 0 ? paths : paths.filter((path) => !isContinued(path));
  await INSERT.run(transaction, fresh.map(parameters));
  if (fresh.length < paths.length) await CONTINUE.run(transaction, paths.filter(isContinued).map(parameters));
}

/** Drafts and versions of plans, and the steps that calls have taken. */
export function planRepository(database: Database): PlanRepository {
  return {
    ...drafts(database),
    ...versions(database),
    ...paths(database),
    async sweep() {
      await sql`delete from plan_drafts where id not in (select id from entities)`.execute(database);
      await sql`delete from plan_versions where id not in (select id from entities) and ${NAMED_BY_NO_CALL}`.execute(
        database,
      );
    },
  };
}

function drafts(database: Database): Pick<PlanRepository, "draft" | "drafts" | "saveDraft" | "dropDraft"> {
  return {
    async draft(id) {
      const row = await database
        .selectFrom("plan_drafts")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirst();
      return row === undefined ? undefined : fromRow(row);
    },
    async drafts() {
      const rows = await database
        .selectFrom("plan_drafts")
        .select(["id", "based_on", "revision", "changed_by", "changed_at"])
        .execute();
      return rows.map((row) => ({
        id: row.id,
        basedOn: row.based_on,
        revision: row.revision,
        changedBy: row.changed_by,
        changedAt: row.changed_at,
      }));
    },
    saveDraft: (draft, seen) =>
      database.transaction().execute(async (transaction) => {
        const there = await transaction
          .selectFrom("plan_drafts")
          .select("revision")
          .where("id", "=", draft.id)
          .executeTakeFirst();
        if (seen !== undefined && (there?.revision ?? 0) !== seen) return false;
        const row = {
          document: JSON.stringify(draft.document),
          based_on: draft.basedOn,
          revision: draft.revision,
          changed_by: draft.changedBy,
          changed_at: draft.changedAt,
        };
        await transaction
          .insertInto("plan_drafts")
          .values({ id: draft.id, ...row })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
          .execute();
        return true;
      }),
    async dropDraft(id, seen) {
      let query = database.deleteFrom("plan_drafts").where("id", "=", id);
      if (seen !== undefined) query = query.where("revision", "=", seen);
      return (await query.executeTakeFirst()).numDeletedRows > 0n;
    },
  };
}

function versions(database: Database): Pick<PlanRepository, "versions" | "version" | "annotate"> {
  return {
    async versions(id, { before, limit }) {
      let query = database.selectFrom("plan_versions").select(VERSION).where("id", "=", id);
      if (before !== undefined) query = query.where("version", "<", before);
      return (await query.orderBy("version", "desc").limit(limit).execute()).map(versionOf);
    },
    async version(id, version) {
      const row = await database
        .selectFrom("plan_versions")
        .select([...VERSION, "document"])
        .where("id", "=", id)
        .where("version", "=", version)
        .executeTakeFirst();
      return row === undefined
        ? undefined
        : { ...versionOf(row), document: JSON.parse(row.document) as PlanDocument };
    },
    async annotate(id, version, note) {
      await database
        .updateTable("plan_versions")
        .set({ note })
        .where("id", "=", id)
        .where("version", "=", version)
        .execute();
    },
  };
}

function paths(database: Database): Pick<PlanRepository, "paths" | "purge"> {
  return {
    async paths(id, since, limit) {
      const rows = await database
        .selectFrom("call_steps")
        .select(["call_id", "version", "started_at", "path", "is_open"])
        .where("plan_id", "=", id)
        .where("started_at", ">=", since)
        .orderBy("started_at", "desc")
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        callId: row.call_id,
        planId: id,
        version: row.version,
        startedAt: row.started_at,
        path: readPath(row.path),
        isOpen: row.is_open !== 0,
      }));
    },
    async purge(startedBefore, limit) {
      let isMore = false;
      for (const { id } of (await PLANS_WITH_STEPS.execute(database)).rows) {
        const doomed = sql`select started_at, call_id from call_steps
          where plan_id = ${id} and started_at < ${startedBefore} order by started_at limit ${limit}`;
        const { numAffectedRows = 0n } =
          await sql`delete from call_steps where plan_id = ${id} and (started_at, call_id) in (${doomed})`.execute(
            database,
          );
        isMore ||= numAffectedRows >= limit;
      }
      return isMore;
    },
  };
}

/** Plan after plan, so that one row of each is looked at. */
const PLANS_WITH_STEPS = sql<{ id: string }>`with recursive plan(id) as (
    select min(plan_id) from call_steps
    union all select (select min(plan_id) from call_steps where plan_id > plan.id) from plan where plan.id is not null)
  select id from plan where id is not null`;

/** Of a row of plan_versions: it lives as long as a call that took it. */
export const NAMED_BY_NO_CALL = sql<boolean>`not exists (select 1 from call_steps
  where call_steps.plan_id = plan_versions.id and call_steps.version = plan_versions.version)`;

const VERSION = ["version", "published_at", "published_by", "note"] as const;

function versionOf(row: {
  readonly version: number;
  readonly published_at: number;
  readonly published_by: string;
  readonly note: string;
}): PlanVersionSummary {
  const { version, published_at: publishedAt, published_by: publishedBy, note } = row;
  return { version, publishedAt, publishedBy, note };
}

function fromRow(row: Tables["plan_drafts"]): PlanDraft {
  return {
    id: row.id,
    document: JSON.parse(row.document) as unknown,
    basedOn: row.based_on,
    revision: row.revision,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  };
}

function parameters({ callId, planId, version, startedAt, path, isOpen }: PlanPath): unknown[] {
  return [callId, planId, version, startedAt, writePath(path), isOpen ? 1 : 0];
}
