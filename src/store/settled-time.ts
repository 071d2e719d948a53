import type { Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** As long as a clock that leapt is doubted where calls are deleted (docs/adr/0112). */
const DOUBT_MS = 86_400_000;

/**
 * The time by which old things go in a change at `at`: that of the newest entry of the audit log that is a day older, so that a
 * clock that has just leapt deletes nothing for a day. Where there is none, nothing contradicts `at`.
 */
export async function settledTime(transaction: Transaction<Tables>, at: number): Promise<number> {
  const before = await transaction
    .selectFrom("audit")
    .select("at")
    .where("at", "<=", at - DOUBT_MS)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return before?.at ?? at;
}
