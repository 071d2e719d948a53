import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** A row says by which shape of its kind it was checked (docs/adr/0066); what is there is checked at the next load. */
export const shape: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .alterTable("entities")
      .addColumn("shape", "text", (column) => column.notNull().defaultTo(""))
      .execute();
  },
};
