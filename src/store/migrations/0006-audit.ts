import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Who did what and when; and who put a thing in the trash. */
export const audit: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("audit")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("at", "double precision", (column) => column.notNull())
      .addColumn("by", "text", (column) => column.notNull())
      .addColumn("what", "text", (column) => column.notNull())
      .addColumn("version", "integer")
      .addColumn("hash", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("audit_changes")
      .addColumn("entry", "integer", (column) => column.notNull())
      .addColumn("place", "integer", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("entity", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("secret_changed", "integer", (column) => column.notNull())
      .addColumn("before", "text")
      .addColumn("after", "text")
      .addPrimaryKeyConstraint("audit_changes_key", ["entry", "place"])
      .execute();
    await database.schema
      .createIndex("audit_changes_by_entity")
      .on("audit_changes")
      .columns(["entity", "entry"])
      .execute();
    await database.schema.alterTable("entities").addColumn("dropped_by", "text").execute();
  },
};
