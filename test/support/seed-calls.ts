import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DATABASE_FILE } from "../../src/store/database-file.ts";

/** Between two calls: all of them are younger than what is purged. */
export const APART_MS = 20_000;

/** Puts so many finished calls into a store that no server has open, behind each other, the last one just now. */
export function seedCalls(dataDir: string, calls: number): void {
  const database = new DatabaseSync(join(dataDir, DATABASE_FILE));
  try {
    database
      .prepare(
        `with recursive nth(i) as (select 0 union all select i + 1 from nth where i + 1 < ?)
         insert into calls (id, started_at, answered_at, ended_at, caller, caller_name, called, origin, plan, result, reason,
           missed, answered_by, trace, kind, attempts, webhooks, phones, search, pieces)
         select printf('%032x', i), at, at + 2000, at + 60000, caller, 'Caller ' || i, '+31501234567', 'trunk "Carrier"', 'main',
           iif(i % 10 = 0, 'busy', 'completed'), 'the caller hung up', 0, 'phone 10000', x'', 'call', 1, '', char(10) || '10000' || char(10),
           'caller ' || i || ' ' || caller || ' +31501234567', ''
         from (select i, cast(? as integer) - i * ${APART_MS} as at, printf('+316%08d', i) as caller from nth)`,
      )
      .run(calls, Date.now());
  } finally {
    database.close();
  }
}
