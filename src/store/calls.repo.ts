import {
  CompiledQuery,
  type Expression,
  type ExpressionBuilder,
  type SqlBool,
  sql,
  type Transaction,
} from "kysely";
import type { CallKind, CallResult, SaidReason } from "../model/call-record.ts";
import { toCallRecord } from "../model/call-row.ts";
import { callSearch } from "../model/call-search.ts";
import type {
  CallFilter,
  CallPlace,
  CallRepository,
  CallRow,
  CallSummary,
  RefusedCounts,
} from "../model/repositories.ts";
import { saidAgain } from "../model/trace-bytes.ts";
import type { Database } from "./database.ts";
import { insertPaths } from "./plans.repo.ts";
import { insertBlocks, purgeBlocks, readPieces } from "./record-blocks.ts";
import { RowsInsert } from "./rows-insert.ts";
import type { CallTable, Tables } from "./tables.ts";
import { insertRequests, purgeRequests } from "./webhook-requests.repo.ts";

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
  "said",
  "missed",
  "answered_by",
] as const;

const COLUMNS = [...SUMMARY, "trace", "kind", "attempts", "webhooks", "phones", "search", "pieces"] as const;

const AT_THE_END = ["ended_at", "result", "reason", "said", "missed", "attempts"];

const INSERT = new RowsInsert("calls", COLUMNS, "on conflict (id) do nothing");

// A row that is there already stays as it is, so that a batch may come twice; only a call that was still up gets what came
// since, its pieces behind those that it has, and a stranger's row the count that it has grown to. For rows that are there:
// with others SQLite would keep, in a file, what each page was, as it would for one statement of which a part may fail.
const CONTINUE = new RowsInsert(
  "calls",
  COLUMNS,
  `on conflict (id) do update
    set ${AT_THE_END.map((column) => `${column} = excluded.${column}`).join(", ")},
      answered_at = coalesce(excluded.answered_at, calls.answered_at),
      answered_by = coalesce(excluded.answered_by, calls.answered_by),
      webhooks = calls.webhooks || excluded.webhooks, phones = calls.phones || excluded.phones,
      pieces = iif(excluded.attempts > 1, excluded.pieces, calls.pieces || excluded.pieces)
    where calls.result = 'ongoing' or excluded.attempts > calls.attempts`,
);

/** Longest list, and one more that tells whether there are others. */
const MAX_LIST = 1001;

const MOST_NUMBERS = 5;

/** Records of finished calls in the database. */
export function callRepository(database: Database): CallRepository {
  return {
    insertMany: (rows, paths = []) =>
      database.transaction().execute(async (transaction) => {
        const pieces = await insertBlocks(transaction, rows);
        const continued = await insertCalls(transaction, rows, pieces);
        await insertRequests(transaction, rows);
        await insertPaths(transaction, paths, continued);
      }),
    async closeOngoing({ reason, code, args }) {
      const rows = await database
        .updateTable("calls")
        .set({ result: "failed", reason, said: saidText({ code, args }) })
        .where("result", "=", "ongoing")
        .returning(SUMMARY)
        .execute();
      return rows.map((row) => summary(row, "call"));
    },
    async list(filter) {
      const before = filter.after ?? (await placeOf(database, filter.before));
      if (filter.before !== undefined && before === undefined) return [];
      // Each kind by itself: the index has them in order, and the few pages are put together here.
      const pages = await Promise.all(
        (filter.kinds ?? ["call"]).map((kind) => page(database, kind, filter, before)),
      );
      return pages.length === 1 ? (pages[0] ?? []) : merged(pages.flat(), filter.limit);
    },
    day: (hours) => dayOf(database, hours),
    refusedSince: (since) => refusedSince(database, since),
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
      const trace = Buffer.concat([first.trace, await readPieces(database, first.pieces)]);
      return toCallRecord({ ...summary(first, first.kind as CallKind), attempts: first.attempts }, trace);
    },
    async purge(startedBefore, limit) {
      const doomed = database
        .selectFrom("calls")
        .select("id")
        .where("started_at", "<", startedBefore)
        .orderBy("started_at")
        .limit(limit);
      const isMoreAsked = await purgeRequests(database, startedBefore, limit);
      const result = await database.deleteFrom("calls").where("id", "in", doomed).executeTakeFirst();
      if (result.numDeletedRows >= limit) return true;
      return (await purgeBlocks(database, startedBefore, limit)) || isMoreAsked;
    },
  };
}

/** Writes the rows of calls; gives the ids of those that had one already, in the database or among these. */
async function insertCalls(
  transaction: Transaction<Tables>,
  rows: readonly CallRow[],
  pieces: readonly string[],
): Promise<ReadonlySet<string>> {
  const values = rows.map((row, index) => parameters(row, pieces[index] ?? ""));
  const firstOf = new Map<string, number>();
  for (const [index, { id }] of rows.entries()) if (!firstOf.has(id)) firstOf.set(id, index);
  const firsts =
    firstOf.size === rows.length ? values : [...firstOf.values()].map((index) => values[index] ?? []);
  const before = await newestRow(transaction);
  const inserted = await INSERT.run(transaction, firsts);
  if (inserted === rows.length) return NONE;
  const known = inserted < firsts.length ? await knownOf(transaction, [...firstOf.keys()], before) : NONE;
  const isAgain = ({ id }: CallRow, index: number): boolean => known.has(id) || firstOf.get(id) !== index;
  await CONTINUE.run(
    transaction,
    values.filter((_, index) => rows[index] !== undefined && isAgain(rows[index], index)),
  );
  return new Set(rows.filter(isAgain).map(({ id }) => id));
}

const NONE: ReadonlySet<string> = new Set();

const NEWEST = CompiledQuery.raw("select max(rowid) as newest from calls") as CompiledQuery<{
  readonly newest: number | null;
}>;

/** The newest row of the table: those that come now get higher numbers. */
async function newestRow(transaction: Transaction<Tables>): Promise<number> {
  const { rows } = await transaction.executeQuery(NEWEST);
  return rows[0]?.newest ?? 0;
}

/** Of these ids those of rows that were there before. */
async function knownOf(
  transaction: Transaction<Tables>,
  ids: readonly string[],
  before: number,
): Promise<ReadonlySet<string>> {
  const rows = await transaction
    .selectFrom("calls")
    .select("id")
    .where(sql<SqlBool>`id in (select value from json_each(${JSON.stringify(ids)}))`)
    .where(sql<SqlBool>`rowid <= ${before}`)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** What was called in these hours, by hour and result; and which numbers of ours have no plan. */
async function dayOf(database: Database, hours: readonly number[]): ReturnType<CallRepository["day"]> {
  const [since = 0, ...ends] = hours;
  const today = database.selectFrom("calls").where("kind", "=", "call").where("started_at", ">=", since);
  const before = ends.map((end, hour) => sql`when started_at < ${end} then ${sql.lit(hour)}`);
  const hour = sql<number>`case ${sql.join([...before, sql`else ${sql.lit(ends.length)}`], sql` `)} end`;
  const counted = await today
    .select([hour.as("hour"), "result", sql<number>`count(*)`.as("calls")])
    .groupBy(["hour", "result"])
    .execute();
  const withoutPlan = await today
    .select(["called as number", sql<number>`count(*)`.as("calls")])
    .where("result", "=", "refused")
    .where("plan", "is", null)
    .where("called", "like", "+%")
    .groupBy("called")
    .orderBy("calls", "desc")
    .limit(MOST_NUMBERS)
    .execute();
  const counts = counted.map(({ hour, result, calls }) => ({
    hour,
    result: result as CallResult,
    calls,
  }));
  return { counts, withoutPlan };
}

async function refusedSince(database: Database, since: number): Promise<RefusedCounts> {
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
}

async function placeOf(database: Database, id: string | undefined): Promise<CallPlace | undefined> {
  if (id === undefined) return undefined;
  const row = await database.selectFrom("calls").select("started_at").where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : { id, startedAt: row.started_at };
}

/** A page of one kind, newest first: found in the index alone (docs/adr/0080), and only its rows are read. */
async function page(
  database: Database,
  kind: CallKind,
  filter: CallFilter,
  after: CallPlace | undefined,
): Promise<CallSummary[]> {
  const search = filter.q === undefined ? [] : [await searched(database, filter.q)];
  const found = await database
    .selectFrom("calls")
    .select(["id", "attempts"])
    .where("kind", "=", kind)
    .where((where) => where.and([...conditions(where, filter, after), ...search]))
    .orderBy("started_at", "desc")
    .orderBy("id", "desc")
    .limit(pageSize(filter.limit))
    .execute();
  const rows = new Map<string, Pick<CallTable, (typeof SUMMARY)[number]>>();
  for (let at = 0; at < found.length; at += READ_AT_ONCE) {
    const ids = found.slice(at, at + READ_AT_ONCE).map(({ id }) => id);
    const read = await database.selectFrom("calls").select(SUMMARY).where("id", "in", ids).execute();
    for (const row of read) rows.set(row.id, row);
  }
  return found.flatMap(({ id, attempts }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ ...summary(row, kind), attempts }];
  });
}

/** Parameters of one statement, so that few statements are kept prepared. */
const READ_AT_ONCE = 500;

type Where = ExpressionBuilder<Tables, "calls">;

/** What a filter asks for besides the kind; nearly all of it is in the index. */
function conditions(where: Where, filter: CallFilter, after: CallPlace | undefined): Expression<SqlBool>[] {
  const { results, party, missed, number, caller, plan, webhook, phone, from, to } = filter;
  const all: Expression<SqlBool>[] = [];
  if (results !== undefined) all.push(where("result", "in", results));
  if (party !== undefined) {
    const answered = where.and([
      holds("phones", party),
      sql<SqlBool>`instr(answered_by, ${`phone ${party} `}) = 1`,
    ]);
    all.push(where.or([where("caller", "=", party), where("called", "=", party), answered]));
  }
  if (missed === true) {
    // Not in the index; the results are, so that few rows are looked at in vain.
    all.push(where("result", "not in", ["completed", "handled", "ongoing"]), where("missed", "=", 1));
  }
  if (number !== undefined) all.push(where("called", "=", number));
  if (caller !== undefined) all.push(where("caller", "=", caller));
  if (plan !== undefined) all.push(where("plan", "=", plan));
  if (webhook !== undefined) all.push(holds("webhooks", webhook));
  if (phone !== undefined) all.push(holds("phones", phone));
  if (from !== undefined) all.push(where("started_at", ">=", from));
  if (to !== undefined) all.push(where("started_at", "<", to));
  if (after !== undefined) all.push(sql<SqlBool>`(started_at, id) < (${after.startedAt}, ${after.id})`);
  return all;
}

function holds(column: "webhooks" | "phones", name: string): Expression<SqlBool> {
  return sql<SqlBool>`instr(${sql.ref(column)}, ${listed([name])}) > 0`;
}

/** What a search finds: text in names and numbers, which is one column, or the beginning of an id. */
async function searched(database: Database, q: string): Promise<Expression<SqlBool>> {
  const { text, digits } = callSearch(q);
  const needle = sql<SqlBool>`instr(search, ${digits ?? text.toLowerCase()}) > 0`;
  // Looked up by itself: for every call it would be asked in vain.
  const begun = database
    .selectFrom("calls")
    .select("id")
    .where("id", ">=", text)
    .where("id", "<", `${text}~`);
  const ids = /^[0-9a-f-]+$/.test(text) ? await begun.limit(MAX_BY_ID).execute() : [];
  if (ids.length === 0) return needle;
  return sql<SqlBool>`(${needle} or id in (${sql.join(ids.map(({ id }) => id))}))`;
}

/** Whoever knows the beginning of an id knows most of it. */
const MAX_BY_ID = 20;

/** Names as the columns of facets have them: a list may be put behind another. */
function listed(names: readonly string[]): string {
  return names.map((name) => `\n${name}\n`).join("");
}

function pageSize(limit: number): number {
  return Math.min(Math.max(1, limit), MAX_LIST);
}

function merged(rows: readonly CallSummary[], limit: number): CallSummary[] {
  const newest = rows.toSorted((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  return newest.slice(0, pageSize(limit));
}

function parameters(row: CallRow, pieces: string): unknown[] {
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
    saidText(row.said),
    row.missed ? 1 : 0,
    row.answeredBy ?? null,
    NOTHING,
    row.kind,
    row.attempts,
    listed(row.webhooks),
    listed(row.phones),
    `${row.callerName}\n${row.caller}\n${row.called}`.toLowerCase(),
    pieces,
  ];
}

/** Of what quotes a whole reply the sentence in English, which is cut, must do. */
const LONGEST_SAID = 2000;

function saidText(said: SaidReason | undefined): string | null {
  const text = said === undefined ? "" : JSON.stringify(said);
  return text === "" || text.length > LONGEST_SAID ? null : text;
}

function saidOf(stored: string | null): SaidReason | undefined {
  if (stored === null) return undefined;
  const { code, args } = JSON.parse(stored) as SaidReason;
  return { code, args: saidAgain(code, args).args };
}

/** The trace is in a block. */
const NOTHING = new Uint8Array(0);

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
    said: saidOf(row.said),
    missed: row.missed !== 0,
    answeredBy: row.answered_by ?? undefined,
  };
}
