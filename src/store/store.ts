import { sql } from "kysely";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Repositories } from "../model/repositories.ts";
import { accountRepository } from "./accounts.repo.ts";
import { auditRepository } from "./audit.repo.ts";
import { callRepository } from "./calls.repo.ts";
import { companyRepository } from "./company.repo.ts";
import { openDatabase } from "./database.ts";
import { planRepository } from "./plans.repo.ts";
import { registrationRepository } from "./registrations.repo.ts";
import { openSeal } from "./seal.ts";
import { webhookRequestRepository } from "./webhook-requests.repo.ts";

/** The store of a data folder (docs/adr/0017). */
export interface Store extends Repositories {
  /** Waits for what is running, then closes the file. */
  close(): Promise<void>;
}

/**
 * Opens (or makes) the store of a data folder; an error is a sentence that names the path. `lockedMs`: once it is open a write
 * waits so long at most for another process that is writing, with all else in this thread.
 */
export async function openStore(
  dataDir: string,
  { lockedMs }: { readonly lockedMs?: number } = {},
): Promise<Result<Store, string>> {
  const database = await openDatabase(dataDir);
  if (!database.ok) return database;
  if (lockedMs !== undefined) await sql`pragma busy_timeout = ${sql.lit(lockedMs)}`.execute(database.value);
  const saved = await database.value.selectFrom("installation").select("id").executeTakeFirst();
  const seal = openSeal(dataDir, saved === undefined);
  if (!seal.ok) {
    await database.value.destroy();
    return err(seal.error);
  }
  return ok({
    company: companyRepository(database.value, seal.value),
    accounts: accountRepository(database.value, seal.value),
    audit: auditRepository(database.value),
    calls: callRepository(database.value),
    plans: planRepository(database.value),
    webhookRequests: webhookRequestRepository(database.value),
    registrations: registrationRepository(database.value),
    close: () => database.value.destroy(),
  });
}
