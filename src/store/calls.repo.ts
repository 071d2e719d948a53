import { CompiledQuery } from "kysely";
import type { CallResult } from "../model/call-record.ts";
import { toCallRecord } from "../model/call-row.ts";
import type { CallRepository, CallRow, CallSummary } from "../model/repositories.ts";
import type { Database } from "./database.ts";
import type { CallTable } from "./tables.ts";

const SUMMARY = [
  "id",
  "started_at",
  "answered_at",
  "ended_at",
  "caller",
  "caller_name",
  "called",
  "origin",
  "plan",
  "result",
  "reason",
  "missed",
  "answered_by",
] as const;

const COLUMNS = [...SUMMARY, "trace"] as const;

// Written out and not built by Kysely: at 1,000 calls/s the building would cost more than the inserting. A row that
// is there already stays as it is, so that a batch may come twice; only a call that was still up gets its end, and the
// rest of its trace behind what it has.
function insertSql(rows: number): string {
  const row = `(${COLUMNS.map(() => "?").join(", ")})`;
  const values = Array(rows).fill(row).join(", ");
  const end = ["answered_at", "ended_at", "result", "reason", "missed", "answered_by"];
  const set = end.map((column) => `${column} = excluded.${column}`).join(", ");
  return `insert into calls (${COLUMNS.join(", ")}) values ${values} on conflict (id) do update
    set ${set}, trace = cast(calls.trace || excluded.trace as blob)
    where calls.result = 'ongoing' and excluded.result <> 'ongoing'`;
}

/** Rows of one statement; what is left over goes row by row, so that there are two statements to prepare. */
const CHUNK = 16;
const INSERT_CHUNK = insertSql(CHUNK);
const INSERT_ONE = insertSql(1);

/** Longest list; the interface says 1,000. */
const MAX_LIST = 1000;

/** Records of finished calls in the database. */
export function callRepository(database: Database): CallRepository {
  return {
    insertMany: (rows) =>
      database.transaction().execute(async (transaction) => {
        const whole = rows.length - (rows.length % CHUNK);
        for (let at = 0; at < whole; at += CHUNK) {
          const chunk = rows.slice(at, at + CHUNK).flatMap(parameters);
          await transaction.executeQuery(CompiledQuery.raw(INSERT_CHUNK, chunk));
        }
        for (const row of rows.slice(whole)) {
          await transaction.executeQuery(CompiledQuery.raw(INSERT_ONE, parameters(row)));
        }
      }),
    async closeOngoing(reason) {
      const result = await database
        .updateTable("calls")
        .set({ result: "failed", reason })
        .where("result", "=", "ongoing")
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    },
    async list(filter) {
      let query = database.selectFrom("calls").select(SUMMARY);
      if (filter.result !== undefined) query = query.where("result", "=", filter.result);
      if (filter.party !== undefined) {
        const { party } = filter;
        query = query.where((where) => where.or([where("caller", "=", party), where("called", "=", party)]));
      }
      if (filter.before !== undefined) {
        const { before } = filter;
        const last = await database
          .selectFrom("calls")
          .select("started_at")
          .where("id", "=", before)
          .executeTakeFirst();
        if (last === undefined) return [];
        query = query.where((where) =>
          where.or([
            where("started_at", "<", last.started_at),
            where.and([where("started_at", "=", last.started_at), where("id", "<", before)]),
          ]),
        );
      }
      const limit = Math.min(Math.max(1, filter.limit), MAX_LIST);
      const rows = await query.orderBy("started_at", "desc").orderBy("id", "desc").limit(limit).execute();
      return rows.map(summary);
    },
    async get(idOrPrefix) {
      const rows = await database
        .selectFrom("calls")
        .select(COLUMNS)
        .where("id", ">=", idOrPrefix)
        // Ids are hexadecimal digits and dashes, all of them below "~".
        .where("id", "<", `${idOrPrefix}~`)
        .orderBy("id")
        .limit(2)
        .execute();
      const [first, second] = rows;
      if (first === undefined || (second !== undefined && first.id !== idOrPrefix)) return undefined;
      return toCallRecord(summary(first), first.trace);
    },
    async purge(startedBefore, limit) {
      const doomed = database
        .selectFrom("calls")
        .select("id")
        .where("started_at", "<", startedBefore)
        .orderBy("started_at")
        .limit(limit);
      const result = await database.deleteFrom("calls").where("id", "in", doomed).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function parameters(row: CallRow): unknown[] {
  return [
    row.id,
    row.startedAt,
    row.answeredAt ?? null,
    row.endedAt,
    row.caller,
    row.callerName,
    row.called,
    row.origin,
    row.plan ?? null,
    row.result,
    row.reason,
    row.missed ? 1 : 0,
    row.answeredBy ?? null,
    row.trace,
  ];
}

function summary(row: Pick<CallTable, (typeof SUMMARY)[number]>): CallSummary {
  return {
    id: row.id,
    startedAt: row.started_at,
    answeredAt: row.answered_at ?? undefined,
    endedAt: row.ended_at,
    caller: row.caller,
    callerName: row.caller_name,
    called: row.called,
    origin: row.origin,
    plan: row.plan ?? undefined,
    result: row.result as CallResult,
    reason: row.reason,
    missed: row.missed !== 0,
    answeredBy: row.answered_by ?? undefined,
  };
}
