import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Configuration, plan versions, calls, registered contacts. */
export const first: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("installation")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("saved_at", "bigint", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .execute();
    for (const table of ["phones", "trunks", "groups", "audio_messages", "webhooks"]) {
      const entries = database.schema
        .createTable(table)
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("position", "integer", (column) => column.notNull())
        .addColumn("document", "text", (column) => column.notNull());
      const hasSecret = ["phones", "trunks", "webhooks"].includes(table);
      await (hasSecret ? entries.addColumn("secret", "blob") : entries).execute();
    }
    await planTables(database);
    await callTable(database);
    await database.schema
      .createTable("bindings")
      .addColumn("extension", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("bindings_key", ["extension", "key"])
      .execute();
  },
};

async function planTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("plan_versions")
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull())
    .addColumn("published_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("plan_versions_key", ["name", "version"])
    .execute();
  await database.schema
    .createTable("plans")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addForeignKeyConstraint("plans_version", ["name", "version"], "plan_versions", ["name", "version"])
    .execute();
  await database.schema
    .createTable("numbers")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull())
    .addColumn("plan", "text", (column) => column.references("plans.name"))
    .execute();
}

async function callTable(database: Kysely<unknown>): Promise<void> {
  let calls = database.schema
    .createTable("calls")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("answered_at", "bigint")
    .addColumn("ended_at", "bigint", (column) => column.notNull());
  for (const name of ["caller", "caller_name", "called", "origin"]) {
    calls = calls.addColumn(name, "text", (column) => column.notNull());
  }
  await calls
    .addColumn("plan", "text")
    .addColumn("result", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("missed", "integer", (column) => column.notNull())
    .addColumn("answered_by", "text")
    // The long one last: a list reads the columns before it without touching its pages.
    .addColumn("trace", "blob", (column) => column.notNull())
    .execute();
  await database.schema.createIndex("calls_started_at").on("calls").column("started_at").execute();
}
