import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What each audio message was converted to; messages that are there already have not been. */
export const audio: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable("audio_messages").addColumn("content", "text").execute();
    await database.schema.alterTable("audio_messages").addColumn("duration_ms", "integer").execute();
  },
};
