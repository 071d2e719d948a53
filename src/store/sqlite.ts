import type { SQLInputValue, StatementSync } from "node:sqlite";
import { DatabaseSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Statements kept prepared; a repository has far fewer. */
const MAX_STATEMENTS = 200;

class Statement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }
  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as SQLInputValue[]));
  }
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...(parameters as SQLInputValue[]));
  }
  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...(parameters as SQLInputValue[]));
  }
}

const NOTHING: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  *iterate() {},
};

/** Node's SQLite in the shape that Kysely's dialect asks for, with its statements kept prepared. */
export class NodeSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Statement>();

  /** Opens or makes the file. Throws an Error with SQLite's own code when it cannot. */
  constructor(file: string) {
    // Waits this long for another process (an `apply` beside us) that is writing.
    this.#database = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true });
    try {
      // 8 KiB pages: a call's record is some 10 KiB, and with pages of 4 KiB writing it costs half as much again.
      // FULL for everything: records come in batches of up to 256, so one fsync serves many of them, and what
      // was acknowledged survives a power failure too.
      this.#database.exec(
        "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=67108864;",
      );
    } catch (error) {
      if (this.#database.isOpen) this.#database.close();
      throw error;
    }
  }

  prepare(sql: string): SqliteStatement {
    // On a full disk, and where `insert or rollback` met a fault, SQLite has rolled back by itself
    // (sqlite.org/lang_transaction.html): that fault is the reason to be told then, not that there is no transaction any more.
    if (sql === "rollback" && !this.#database.isTransaction) return NOTHING;
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
    const statement = new Statement(this.#database.prepare(sql));
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Again is no fault: Kysely closes what it has begun to use. */
  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }
}
