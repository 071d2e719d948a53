import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { reasonOf } from "../lib/failure.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { type KindName, kinds } from "../model/entities/kinds.ts";
import { administratorsWithWayIn } from "../model/users.ts";
import { DATABASE_FILE } from "./database-file.ts";
import { migrations } from "./migrations/index.ts";
import { openStore } from "./store.ts";

/**
 * Writes the database of a data folder, as it is at one moment, to a file that is not there yet. A server may run and write
 * meanwhile: it is another process, which this one reads beside. An error is a sentence.
 */
export function snapshotDatabase(dataDir: string, file: string): Result<undefined, string> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(dataDir, DATABASE_FILE), { readOnly: true, timeout: 5000 });
    database.prepare("VACUUM INTO ?").run(file);
    return ok(undefined);
  } catch (error) {
    return err(`The database in ${dataDir} cannot be copied to ${file}: ${reasonOf(error)}.`);
  } finally {
    database?.close();
  }
}

/** What a database has, for somebody who decides whether to use it. */
export interface DatabaseContent {
  /** Of the configuration. */
  readonly configuration: number;
  readonly counts: Readonly<Record<KindName, number>>;
  readonly calls: number;
  /** When the last of them began, in milliseconds since the epoch. */
  readonly lastCallAt: number | undefined;
  readonly users: number;
  /** Names of those of them who may do everything, and can sign in without a one-time link: those are not restored. */
  readonly administrators: readonly string[];
}

/**
 * What is in the database of a folder that this release can use, with the keys that are there; both are brought up to date by
 * that. An error is a sentence.
 */
export async function contentOfDatabase(dataDir: string): Promise<Result<DatabaseContent, string>> {
  const unknown = newerThanUs(join(dataDir, DATABASE_FILE));
  if (!unknown.ok) return unknown;
  const store = await openStore(dataDir);
  if (!store.ok) return store;
  try {
    const { entities } = await store.value.company.load();
    const { users, openId } = await store.value.accounts.load();
    const counts = Object.fromEntries(kinds.map(({ kind }) => [kind, entities.all(kind).length]));
    const administrators = administratorsWithWayIn(users, openId?.issuer).map(({ name }) => name);
    return ok({
      configuration: entities.version,
      counts: counts as Record<KindName, number>,
      ...callsIn(join(dataDir, DATABASE_FILE)),
      users: users.length,
      administrators,
    });
  } catch (error) {
    return err(`The configuration or the users in the backup cannot be used: ${reasonOf(error)}.`);
  } finally {
    await store.value.close();
  }
}

function newerThanUs(file: string): Result<undefined, string> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    const damage = database.prepare("PRAGMA quick_check").all()[0]?.["quick_check"];
    if (damage !== "ok") return err(`The database in the backup is damaged: ${String(damage)}.`);
    const names = database.prepare("SELECT name FROM kysely_migration").all();
    const unknown = names.map(({ name }) => String(name)).find((name) => !Object.hasOwn(migrations, name));
    if (unknown === undefined) return ok(undefined);
    return err(
      `The backup was made by a newer release of Switchhook, whose database this one does not know (${unknown}). Install that release, and restore with it.`,
    );
  } catch (error) {
    return err(`The database in the backup cannot be read: ${reasonOf(error)}.`);
  } finally {
    database?.close();
  }
}

function callsIn(file: string): Pick<DatabaseContent, "calls" | "lastCallAt"> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database.prepare("SELECT count(*) AS calls, max(started_at) AS last FROM calls").get();
    const last = row?.["last"];
    return { calls: Number(row?.["calls"]), lastCallAt: last === null ? undefined : Number(last) };
  } finally {
    database.close();
  }
}
