import { CompiledQuery } from "kysely";
import type { CallKind, CallResult } from "../model/call-record.ts";
import { toCallRecord } from "../model/call-row.ts";
import type { CallFilter, CallRepository, CallRow, CallSummary } from "../model/repositories.ts";
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

const COLUMNS = [...SUMMARY, "trace", "kind", "attempts"] as const;

// Written out and not built by Kysely: at 1,000 calls/s the building would cost more than the inserting. A row that
// is there already stays as it is, so that a batch may come twice; only a call that was still up gets what came since,
// its trace behind what it has, and a stranger's row the count that it has grown to.
function insertSql(rows: number): string {
  const row = `(${COLUMNS.map(() => "?").join(", ")})`;
  const values = Array(rows).fill(row).join(", ");
  const end = ["answered_at", "ended_at", "result", "reason", "missed", "answered_by", "attempts"];
  const set = end.map((column) => `${column} = excluded.${column}`).join(", ");
  return `insert into calls (${COLUMNS.join(", ")}) values ${values} on conflict (id) do update
    set ${set}, trace = iif(excluded.attempts > 1, excluded.trace, cast(calls.trace || excluded.trace as blob))
    where calls.result = 'ongoing' or excluded.attempts > calls.attempts`;
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
      const rows = await database
        .updateTable("calls")
        .set({ result: "failed", reason })
        .where("result", "=", "ongoing")
        .returning(SUMMARY)
        .execute();
      return rows.map((row) => summary(row, "call"));
    },
    async list(filter) {
      const before = await placeOf(database, filter.before);
      if (filter.before !== undefined && before === undefined) return [];
      // Each kind by itself: the index has them in order, and the few pages are put together here.
      const pages = await Promise.all(
        (filter.kinds ?? ["call"]).map((kind) => page(database, kind, filter, before)),
      );
      return pages.length === 1 ? (pages[0] ?? []) : merged(pages.flat(), filter.limit);
    },
    async refusedSince(since) {
      const attempts = async (kind: CallKind): Promise<number> => {
        const found = await database
          .selectFrom("calls")
          .select((count) => count.fn.sum("attempts").as("attempts"))
          .where("kind", "=", kind)
          .where("started_at", ">=", since)
          .executeTakeFirst();
        return Number(found?.attempts ?? 0);
      };
      return { calls: await attempts("stranger"), registrations: await attempts("registration") };
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
      return toCallRecord(
        { ...summary(first, first.kind as CallKind), attempts: first.attempts },
        first.trace,
      );
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

/** Where a list goes on. */
interface Place {
  readonly id: string;
  readonly startedAt: number;
}

async function placeOf(database: Database, id: string | undefined): Promise<Place | undefined> {
  if (id === undefined) return undefined;
  const row = await database.selectFrom("calls").select("started_at").where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : { id, startedAt: row.started_at };
}

/** A page of one kind, newest first. */
async function page(
  database: Database,
  kind: CallKind,
  filter: CallFilter,
  before: Place | undefined,
): Promise<CallSummary[]> {
  let query = database.selectFrom("calls").select(SUMMARY).where("kind", "=", kind);
  if (filter.result !== undefined) query = query.where("result", "=", filter.result);
  if (filter.party !== undefined) {
    const { party } = filter;
    query = query.where((where) => where.or([where("caller", "=", party), where("called", "=", party)]));
  }
  if (before !== undefined) {
    query = query.where((where) =>
      where.or([
        where("started_at", "<", before.startedAt),
        where.and([where("started_at", "=", before.startedAt), where("id", "<", before.id)]),
      ]),
    );
  }
  const ordered = query.orderBy("started_at", "desc").orderBy("id", "desc").limit(pageSize(filter.limit));
  // A call's count is 1, and it stands behind a trace that a list is not to read.
  if (kind === "call") return (await ordered.execute()).map((row) => summary(row, kind));
  const rows = await ordered.select("attempts").execute();
  return rows.map((row) => ({ ...summary(row, kind), attempts: row.attempts }));
}

function pageSize(limit: number): number {
  return Math.min(Math.max(1, limit), MAX_LIST);
}

function merged(rows: readonly CallSummary[], limit: number): CallSummary[] {
  const newest = rows.toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  return newest.slice(0, pageSize(limit));
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
    row.kind,
    row.attempts,
  ];
}

function summary(row: Pick<CallTable, (typeof SUMMARY)[number]>, kind: CallKind): CallSummary {
  return {
    id: row.id,
    kind,
    attempts: 1,
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
