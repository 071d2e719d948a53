/** Rows of one INSERT: SQLite takes 32,766 parameters, PostgreSQL 65,535; ours have at most ten a row. */
const ROWS_AT_ONCE = 500;

/** Does something with rows, so many at once as one statement takes. */
export async function inParts<Row>(
  rows: readonly Row[],
  execute: (rows: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) await execute(rows.slice(at, at + ROWS_AT_ONCE));
}
