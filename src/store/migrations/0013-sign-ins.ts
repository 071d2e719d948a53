import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What the audit log says of who comes in; and the server by which people may sign in. */
export const signIns: Migration = {
  async up(database: Kysely<unknown>) {
    for (const name of ["address", "about", "details"])
      await database.schema.alterTable("audit").addColumn(name, "text").execute();
    await database.schema
      .createTable("open_id")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("secret", "blob")
      .execute();
  },
};
