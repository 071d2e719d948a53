import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Company files that were applied, whether one keeps what it has, and what things were before they were changed. */
export const companyFile: Migration = {
  async up(database: Kysely<unknown>) {
    for (const [column, type] of [
      ["kept_file", "text"],
      ["kept_at", "double precision"],
      ["kept_by", "text"],
    ] as const)
      await database.schema.alterTable("installation").addColumn(column, type).execute();
    await database.schema
      .createTable("applied_files")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("file", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("at", "double precision", (column) => column.notNull())
      .addColumn("by", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("former_parts")
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("entity", "text", (column) => column.notNull())
      .addColumn("position", "double precision", (column) => column.notNull())
      .addColumn("secret", "blob")
      .addColumn("at", "double precision", (column) => column.notNull())
      .addPrimaryKeyConstraint("former_parts_key", ["entity", "version"])
      .execute();
    await database.schema.createIndex("former_parts_at").on("former_parts").columns(["at"]).execute();
    await database.schema.createIndex("audit_version").on("audit").columns(["version"]).execute();
  },
};
