import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Why calls ended, and what came of requests, as code and arguments beside the English: lists show them in other languages. */
export const saidReasons: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable("calls").addColumn("said", "text").execute();
    await database.schema.alterTable("webhook_requests").addColumn("args", "text").execute();
  },
};
