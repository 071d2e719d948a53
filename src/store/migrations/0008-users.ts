import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** People who sign in, their sessions, tokens of programs, links that are good once. */
export const users: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .createTable("users")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("document", "text", (column) => column.notNull())
      .addColumn("secret", "blob")
      .execute();
    await database.schema
      .createTable("sessions")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("user_id", "text", (column) => column.notNull().references("users.id").onDelete("cascade"))
      .addColumn("document", "text", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("sessions_user").on("sessions").column("user_id").execute();
    await database.schema
      .createTable("api_tokens")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("document", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("one_time_links")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("user_id", "text", (column) => column.references("users.id").onDelete("cascade"))
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await database.schema.createIndex("one_time_links_user").on("one_time_links").column("user_id").execute();
  },
};
