import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** What strangers tried becomes a kind of its own, and a row says how many attempts it stands for. */
export const kinds: Migration = {
  async up(database: Kysely<unknown>) {
    const calls = database.schema.alterTable("calls");
    await calls.addColumn("kind", "text", (column) => column.notNull().defaultTo("call")).execute();
    await calls.addColumn("attempts", "integer", (column) => column.notNull().defaultTo(1)).execute();
    // Until now both were calls; a trunk is written `trunk "name"`, so nobody else's origin begins like this.
    await sql`update calls set kind = iif(called = '(registration)', 'registration', 'stranger'), missed = 0
      where result = 'refused' and origin like 'stranger at %'`.execute(database);
    // With the order of the list, so that a page is read and nothing is sorted.
    await database.schema
      .createIndex("calls_kind")
      .on("calls")
      .columns(["kind", "started_at", "id"])
      .execute();
  },
};
