import { CompiledQuery, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** Rows of one statement; what is left over goes row by row, so that there are two statements to prepare. */
const CHUNK = 16;

/**
 * An insert of many rows, written out and not built by Kysely: at 1,000 calls/s the building would cost more than the
 * inserting.
 */
export class RowsInsert {
  readonly #one: string;
  readonly #chunk: string;

  /** `end`: what comes behind the values, such as `on conflict do nothing`. */
  constructor(table: string, columns: readonly string[], end: string) {
    const row = `(${columns.map(() => "?").join(", ")})`;
    const statement = (rows: number): string =>
      `insert into ${table} (${columns.join(", ")}) values ${Array(rows).fill(row).join(", ")} ${end}`;
    this.#one = statement(1);
    this.#chunk = statement(CHUNK);
  }

  /** `rows`: the values of each, in the order of the columns. */
  async run(transaction: Transaction<Tables>, rows: readonly (readonly unknown[])[]): Promise<void> {
    const whole = rows.length - (rows.length % CHUNK);
    for (let at = 0; at < whole; at += CHUNK)
      await transaction.executeQuery(CompiledQuery.raw(this.#chunk, rows.slice(at, at + CHUNK).flat()));
    for (const row of rows.slice(whole))
      await transaction.executeQuery(CompiledQuery.raw(this.#one, [...row]));
  }
}
