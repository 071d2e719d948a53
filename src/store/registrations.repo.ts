import type { RegistrationRepository } from "../model/repositories.ts";
import type { Database } from "./database.ts";

/** Registered contacts in the database, so that phones are reached after a restart. */
export function registrationRepository(database: Database): RegistrationRepository {
  return {
    apply: (changes) =>
      database.transaction().execute(async (transaction) => {
        for (const change of changes) {
          if (change.type === "remove") {
            await transaction
              .deleteFrom("bindings")
              .where("extension", "=", change.extension)
              .where("key", "=", change.key)
              .execute();
            continue;
          }
          const { extension, key, expiresAt, binding } = change.row;
          const values = { expires_at: expiresAt, document: JSON.stringify(binding) };
          await transaction
            .insertInto("bindings")
            .values({ extension, key, ...values })
            .onConflict((conflict) => conflict.columns(["extension", "key"]).doUpdateSet(values))
            .execute();
        }
      }),
    async load(now) {
      const rows = await database
        .selectFrom("bindings")
        .selectAll()
        .where("expires_at", ">", now)
        .orderBy("extension")
        .orderBy("key")
        .execute();
      return rows.map((row) => ({
        extension: row.extension,
        key: row.key,
        expiresAt: row.expires_at,
        binding: JSON.parse(row.document) as unknown,
      }));
    },
    async forget(now) {
      await database.deleteFrom("bindings").where("expires_at", "<=", now).execute();
    },
  };
}
