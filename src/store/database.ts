import { closeSync, constants, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { Kysely, SqliteAdapter, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { usableFolder, whyNot } from "../runtime/folder.ts";
import { DATABASE_FILE } from "./database-file.ts";
import { migrations } from "./migrations/index.ts";
import { NodeSqlite } from "./sqlite.ts";
import type { Tables } from "./tables.ts";

/** An open database; one connection, whose users wait for each other. */
export type Database = Kysely<Tables>;

/**
 * Opens the database of a data folder, makes both when missing, and brings the tables up to date.
 * An error is a sentence that names the path.
 */
export async function openDatabase(dataDir: string): Promise<Result<Database, string>> {
  const folder = usableFolder(dataDir);
  if (!folder.ok) return folder;
  const file = join(dataDir, DATABASE_FILE);
  const writable = usableFile(file);
  if (!writable.ok) return writable;
  let sqlite: NodeSqlite;
  try {
    // For its owner alone; SQLite gives the files beside it the same mode.
    closeSync(openSync(file, "a", 0o600));
    sqlite = new NodeSqlite(file);
  } catch (error) {
    return err(`The database ${file} cannot be opened: ${reason(error)}.`);
  }
  const newer = unknownMigration(sqlite);
  if (newer !== undefined) {
    sqlite.close();
    return err(
      `The database ${file} was written by a newer release of Switchhook, which this one does not know (${newer}). Nothing was changed: install that release again, or restore a backup that this one has made.`,
    );
  }
  const database = new Kysely<Tables>({ dialect: new TransactionalSqlite({ database: sqlite }) });
  const migrated = await migrate(database, file);
  if (!migrated.ok) {
    await database.destroy();
    sqlite.close();
  }
  return migrated;
}

/**
 * SQLite makes tables in transactions, which Kysely does not trust it to: all migrations are one, so that a process that is killed in the
 * middle of them leaves what was there before.
 */
class TransactionalSqlite extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** A migration that was done to the database by a release that came after this one. */
function unknownMigration(sqlite: NodeSqlite): string | undefined {
  try {
    const rows = sqlite.prepare("SELECT name FROM kysely_migration").all([]) as { readonly name: string }[];
    return rows.find(({ name }) => !Object.hasOwn(migrations, name))?.name;
  } catch {
    // There is no such table, or the file is no database: whoever migrates says so.
    return undefined;
  }
}

async function migrate(database: Database, file: string): Promise<Result<Database, string>> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  try {
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return ok(database);
    return err(`The database ${file} cannot be brought up to date: ${reason(error)}.`);
  } catch (error) {
    return err(`The database ${file} cannot be read: ${reason(error)}.`);
  }
}

/** Beside the file itself SQLite has two more while it is open, and after a crash. */
function usableFile(file: string): Result<undefined, string> {
  for (const one of [file, `${file}-wal`, `${file}-shm`]) {
    const why = existsSync(one) ? whyNot(one, constants.R_OK | constants.W_OK) : undefined;
    if (why !== undefined) return err(`The database ${one} cannot be written by this user ${why}.`);
  }
  return ok(undefined);
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "").replace(/\.$/, "") : String(error);
}
