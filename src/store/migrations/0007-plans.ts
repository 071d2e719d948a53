import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Drafts of plans, who published a version and why, and which steps a call has taken. */
export const plans: Migration = {
  async up(database: Kysely<unknown>) {
    for (const column of ["published_by", "note"])
      await database.schema
        .alterTable("plan_versions")
        .addColumn(column, "text", (one) => one.notNull().defaultTo(""))
        .execute();
    await database.schema
      .createTable("plan_drafts")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("based_on", "integer", (column) => column.notNull())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("changed_by", "text", (column) => column.notNull())
      .addColumn("changed_at", "bigint", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("call_steps")
      .addColumn("call_id", "text", (column) => column.notNull())
      .addColumn("plan_id", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("started_at", "bigint", (column) => column.notNull())
      .addColumn("path", "text", (column) => column.notNull())
      .addColumn("is_open", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("call_steps_of", ["call_id", "plan_id"])
      .execute();
    await database.schema
      .createIndex("call_steps_plan")
      .on("call_steps")
      .columns(["plan_id", "started_at"])
      .execute();
    await database.schema
      .createIndex("call_steps_started")
      .on("call_steps")
      .columns(["started_at"])
      .execute();
  },
};
