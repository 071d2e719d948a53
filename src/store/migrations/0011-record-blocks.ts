import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Traces of calls are in compressed blocks, many in one; what was stored before stays in its row. The steps of calls are one
 * tree in the order in which a plan's are asked for, in the place of a table and three indexes.
 */
export const recordBlocks: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("record_blocks")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("newest_at", "bigint", (column) => column.notNull())
      .addColumn("octets", "blob", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("record_blocks_newest")
      .on("record_blocks")
      .columns(["newest_at"])
      .execute();
    await database.schema
      .alterTable("calls")
      .addColumn("pieces", "text", (column) => column.notNull().defaultTo(""))
      .execute();
    await steps(database);
  },
};

async function steps(database: Kysely<unknown>): Promise<void> {
  await sql`alter table call_steps rename to call_steps_before`.execute(database);
  await database.schema
    .createTable("call_steps")
    .addColumn("plan_id", "text", (column) => column.notNull())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("call_id", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("is_open", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("call_steps_key", ["plan_id", "started_at", "call_id"])
    .modifyEnd(sql`without rowid`)
    .execute();
  await sql`insert into call_steps (plan_id, started_at, call_id, version, path, is_open)
    select plan_id, started_at, call_id, version, path, is_open from call_steps_before`.execute(database);
  await database.schema.dropTable("call_steps_before").execute();
}
