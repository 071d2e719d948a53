import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * A list of calls is one range of one index, which holds all that lists are filtered by, in their order: no filter reads a
 * record. New entries go to its end, so it costs what the index in whose place it comes did. The requests of webhooks are
 * rows of their own, in the order in which a webhook's are asked for.
 */
export const callList: Migration = {
  async up(database: Kysely<unknown>) {
    const calls = database.schema.alterTable("calls");
    // Names between line breaks; of calls that were stored before, only their stories know.
    for (const name of ["webhooks", "phones", "search"])
      await calls.addColumn(name, "text", (column) => column.notNull().defaultTo("")).execute();
    await sql`update calls set search = lower(caller_name) || char(10) || lower(caller) || char(10) || lower(called)`.execute(
      database,
    );
    await sql`drop index calls_kind`.execute(database);
    await database.schema
      .createIndex("calls_list")
      .on("calls")
      .columns(["kind", "started_at", "id", "result", "caller", "called", "plan"])
      .columns(["webhooks", "phones", "search", "attempts"])
      .execute();
    await database.schema
      .createTable("webhook_requests")
      .addColumn("webhook", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("call", "text", (column) => column.notNull())
      .addColumn("nth", "integer", (column) => column.notNull())
      .addColumn("verdict", "text", (column) => column.notNull())
      .addColumn("failure", "text")
      .addColumn("status", "integer")
      .addColumn("elapsed_ms", "double precision", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("webhook_requests_key", ["webhook", "at", "call", "nth"])
      .modifyEnd(sql`without rowid`)
      .execute();
  },
};
