import { type Kysely, sql, type Transaction } from "kysely";
import type { CallRow } from "../model/repositories.ts";
import type { WebhookRequest, WebhookRequestRepository } from "../model/webhook-requests.ts";
import type { Database } from "./database.ts";
import { RowsInsert } from "./rows-insert.ts";
import type { Tables } from "./tables.ts";

/** Percentiles are those of so many, the newest. */
const MEASURED = 20_000;

const COLUMNS = [
  "webhook",
  "at",
  "call",
  "nth",
  "verdict",
  "failure",
  "status",
  "elapsed_ms",
  "reason",
  "args",
] as const;

/** What quotes much of a reply is told in English, which is cut. */
const LONGEST_ARGS = 1000;

// A row that is there already stays, so that a batch may come twice.
const INSERT = new RowsInsert("webhook_requests", COLUMNS, "on conflict do nothing");

/** Keeps the requests of calls, in the transaction that keeps the calls. */
export async function insertRequests(
  transaction: Transaction<Tables>,
  rows: readonly CallRow[],
): Promise<void> {
  const requests = rows.flatMap((row) => row.requests);
  await INSERT.run(transaction, requests.map(parameters));
}

function parameters(request: WebhookRequest): unknown[] {
  const { webhook, at, call, nth, verdict, failure, status, elapsedMs, reason, args } = request;
  const made = args === undefined ? "" : JSON.stringify(args);
  const kept = made === "" || made.length > LONGEST_ARGS ? null : made;
  return [webhook, at, call, nth, verdict, failure ?? null, status ?? null, elapsedMs, reason, kept];
}

/** Deletes those that are older, at most so many of each webhook; says whether there may be more. */
export async function purgeRequests(
  database: Kysely<Tables>,
  before: number,
  limit: number,
): Promise<boolean> {
  let isMore = false;
  for (const webhook of await names(database, 0)) {
    const doomed = sql`select at, call, nth from webhook_requests
      where webhook = ${webhook} and at < ${before} order by at limit ${limit}`;
    const { numAffectedRows = 0n } =
      await sql`delete from webhook_requests where webhook = ${webhook} and (at, call, nth) in (${doomed})`.execute(
        database,
      );
    isMore ||= numAffectedRows >= limit;
  }
  return isMore;
}

/** The requests of webhooks in the database. */
export function webhookRequestRepository(database: Database): WebhookRequestRepository {
  return {
    async recent(webhook, limit, before) {
      let query = database.selectFrom("webhook_requests").selectAll().where("webhook", "=", webhook);
      if (before !== undefined)
        query = query.where(sql<boolean>`(at, call, nth) < (${before.at}, ${before.call}, ${before.nth})`);
      const rows = await query
        .orderBy("at", "desc")
        .orderBy("call", "desc")
        .orderBy("nth", "desc")
        .limit(limit)
        .execute();
      return rows.map(
        ({ elapsed_ms, failure, status, args, ...row }): WebhookRequest => ({
          ...row,
          args: args === null ? undefined : (JSON.parse(args) as WebhookRequest["args"]),
          failure: failure ?? undefined,
          status: status ?? undefined,
          elapsedMs: elapsed_ms,
        }),
      );
    },
    async figures(webhook, since) {
      const own = database
        .selectFrom("webhook_requests")
        .where("webhook", "=", webhook)
        .where("at", ">=", since);
      const counted = await own
        .select([
          sql<number>`count(*)`.as("requests"),
          sql<number>`coalesce(sum(verdict = 'error'), 0)`.as("failures"),
        ])
        .executeTakeFirst();
      const { requests = 0, failures = 0 } = counted ?? {};
      if (requests === 0) return { requests, failures, p50Ms: undefined, p95Ms: undefined };
      const measured = Math.min(requests, MEASURED);
      const [half, most] = [0.5, 0.95].map((share) => Math.max(1, Math.ceil(measured * share)));
      // Put in order once for both.
      const newest = own.select("elapsed_ms").orderBy("at", "desc").limit(MEASURED).as("newest");
      const ordered = database
        .selectFrom(newest)
        .select(["elapsed_ms", sql<number>`row_number() over (order by elapsed_ms)`.as("place")])
        .as("ordered");
      const found = await database
        .selectFrom(ordered)
        .selectAll()
        .where(sql<boolean>`place in (${half}, ${most})`)
        .execute();
      const at = (place: number | undefined) => found.find((row) => row.place === place)?.elapsed_ms;
      return { requests, failures, p50Ms: at(half), p95Ms: at(most) };
    },
    askedSince: (since) => names(database, since),
  };
}

/** Name after name, so that only one row of each is looked at. */
async function names(database: Kysely<Tables>, since: number): Promise<string[]> {
  const found: string[] = [];
  for (let last: string | undefined; ; ) {
    let query = database.selectFrom("webhook_requests").select("webhook").orderBy("webhook").limit(1);
    if (last !== undefined) query = query.where("webhook", ">", last);
    const next = (await query.executeTakeFirst())?.webhook;
    if (next === undefined) return found;
    last = next;
    const newest = await database
      .selectFrom("webhook_requests")
      .select("at")
      .where("webhook", "=", next)
      .orderBy("at", "desc")
      .limit(1)
      .executeTakeFirst();
    if ((newest?.at ?? 0) >= since) found.push(next);
  }
}
