import { CompiledQuery, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** Rows of one statement, as many as fit: a statement costs more than a row, and few of them are kept prepared. */
const CHUNKS = [64, 16, 4, 1] as const;

/**
 * An insert of many rows, written out and not built by Kysely: at 1,000 calls/s the building would cost more than the
 * inserting.
 */
export class RowsInsert {
  readonly #statements: readonly { readonly rows: number; readonly sql: string }[];

  /** `end`: what comes behind the values, such as `on conflict do nothing`. */
  constructor(table: string, columns: readonly string[], end: string) {
    const row = `(${columns.map(() => "?").join(", ")})`;
    // What fails ends the transaction, as all that use this want it: SQLite need not be able to undo one statement alone, for
    // which it would copy each page that it changes.
    this.#statements = CHUNKS.map((rows) => ({
      rows,
      sql: `insert or rollback into ${table} (${columns.join(", ")}) values ${Array(rows).fill(row).join(", ")} ${end}`,
    }));
  }

  /**
   * `rows`: the values of each, in the order of the columns. A row that fails takes the whole transaction back. Gives how many
   * were inserted, or changed where `end` says so.
   */
  async run(transaction: Transaction<Tables>, rows: readonly (readonly unknown[])[]): Promise<number> {
    let at = 0;
    let done = 0n;
    for (const { rows: count, sql } of this.#statements)
      for (; at + count <= rows.length; at += count) {
        const values = rows.slice(at, at + count).flat();
        done += (await transaction.executeQuery(CompiledQuery.raw(sql, values))).numAffectedRows ?? 0n;
      }
    return Number(done);
  }
}
