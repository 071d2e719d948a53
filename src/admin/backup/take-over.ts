import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../lib/failure.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { FOLDERS, SMALL_FILES } from "./backup.ts";

// A start of the server puts what was agreed to in place of what is in its data folder. Nobody has a file of it open then.
// Everything is a rename on one disk, and each can be the last before the power goes: the next start goes on where that was.
//
//   .restoring/next      what is to take its place. As long as it has this name, what is there goes out.
//   .restoring/in        the same, when all that was there is out: it goes in.
//   .restoring/out       what was there
//   before-restore       what was there, when all is done; what lay there from an earlier time is gone then.

/** The folder in the data folder where a restore is prepared. */
export const RESTORING = ".restoring";
/** The folder in the data folder that has what the last restore has replaced. */
export const BEFORE = "before-restore";
/** Beside what was replaced: why. */
const NOTE = "replaced.json";
/** In what goes in: what SQLite has beside its database goes in as well, or has gone in. */
const HAS_BESIDE = ".beside-database";
/** What SQLite has beside a database that was not closed. */
const BESIDE_DATABASE = ["-wal", "-shm"];
/** Certificates are the machine's: those that are there have been renewed since. */
const TLS = "tls";

/** Why something was replaced. */
export interface Replaced {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: string;
  /** By a backup; by what was there before one; or because that could not be started. */
  readonly why: "backup" | "back" | "failed";
  /** Of the backup: when it was made, ISO 8601. */
  readonly made?: string | undefined;
  /** Why it could not be started. */
  readonly sentence?: string | undefined;
}

/** Of a restore whose note cannot be read. */
const UNKNOWN: Replaced = { at: 0, by: "", why: "backup" };

/** Where a restore that is agreed to lies; a start takes it over. */
export function nextFolder(dataDir: string): string {
  return join(dataDir, RESTORING, "next");
}

/** Notes why what is in the data folder will have been replaced. Throws. */
export function noteReplaced(dataDir: string, replaced: Replaced): void {
  const file = join(dataDir, RESTORING, NOTE);
  mkdirSync(join(dataDir, RESTORING), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(replaced), { mode: 0o600, flush: true });
}

/** What the last restore has replaced, and why; undefined: nothing, or it was deleted. */
export function replacedBefore(dataDir: string): Replaced | undefined {
  return existsSync(join(dataDir, BEFORE)) ? (noteIn(join(dataDir, BEFORE)) ?? UNKNOWN) : undefined;
}

/** What is agreed to and not taken over yet; undefined: nothing. */
export function agreedNow(dataDir: string): Replaced | undefined {
  return existsSync(nextFolder(dataDir)) ? (noteIn(join(dataDir, RESTORING)) ?? UNKNOWN) : undefined;
}

/** Makes the promise of `nextFolder`: from its return on the next start takes `folder` over. Throws. */
export function agree(dataDir: string, folder: string): void {
  sync(folder);
  renameSync(folder, nextFolder(dataDir));
  sync(join(dataDir, RESTORING));
  sync(dataDir);
}

/**
 * Puts what was agreed to in place of what is there, or goes on with that where it was cut off; what was there lies in
 * `before-restore` then. To be called by the one process that has the folder, before it opens anything in it. The value is why
 * it was replaced; undefined: nothing was. `onChange` hears of each change before it is made. An error is a sentence.
 */
export function takeOver(
  dataDir: string,
  database: string,
  onChange: () => void = () => {},
): Result<Replaced | undefined, string> {
  const restoring = join(dataDir, RESTORING);
  const [next, coming, out] = ["next", "in", "out"].map((name) => join(restoring, name)) as [
    string,
    string,
    string,
  ];
  const change: Change = {
    move(from, to) {
      onChange();
      renameSync(from, to);
    },
    remove(one) {
      onChange();
      rmSync(one, { recursive: true, force: true });
    },
    mark(one) {
      onChange();
      writeFileSync(one, "", { mode: 0o600, flush: true });
    },
  };
  try {
    if (existsSync(next)) {
      moveOut(dataDir, out, partsOf(database), change);
      // Only what belongs to it may lie beside the database that comes.
      for (const end of BESIDE_DATABASE) change.remove(join(dataDir, `${database}${end}`));
      change.move(next, coming);
      sync(restoring);
    }
    if (existsSync(coming)) moveIn(coming, dataDir, database, change);
    if (!existsSync(out)) return ok(undefined);
    const note = join(restoring, NOTE);
    if (existsSync(note)) change.move(note, join(out, NOTE));
    change.remove(join(dataDir, BEFORE));
    change.move(out, join(dataDir, BEFORE));
    sync(dataDir);
    change.remove(restoring);
    return ok(noteIn(join(dataDir, BEFORE)) ?? UNKNOWN);
  } catch (error) {
    return err(
      `What was to be restored cannot take the place of what is in ${dataDir}: ${reasonOf(error)}. The next start goes on with it.`,
    );
  }
}

/** Where what the last restore has replaced lies, when it can be put back. An error is a sentence. */
export function wayBack(dataDir: string, database: string): Result<string, string> {
  if (["next", "in", "out"].some((name) => existsSync(join(dataDir, RESTORING, name))))
    return err(
      `A restore in ${dataDir} is agreed to and not at its end: a start of the server goes on with it. Nothing was changed.`,
    );
  const before = join(dataDir, BEFORE);
  return existsSync(join(before, database))
    ? ok(before)
    : err(`There is nothing in ${dataDir} that a restore has replaced.`);
}

/**
 * Puts back what the last restore has replaced; what takes its place there is what was put back for. To be called as `takeOver`. An
 * error is a sentence.
 */
export function goBack(dataDir: string, database: string, replaced: Replaced): Result<undefined, string> {
  const before = wayBack(dataDir, database);
  if (!before.ok) return before;
  try {
    noteReplaced(dataDir, replaced);
    agree(dataDir, before.value);
  } catch (error) {
    return err(`What was there before cannot be put back in ${dataDir}: ${reasonOf(error)}.`);
  }
  const taken = takeOver(dataDir, database);
  return taken.ok ? ok(undefined) : taken;
}

/** Files and folders that a restore replaces; the database last. */
function partsOf(database: string): readonly string[] {
  const folders = Object.keys(FOLDERS).filter((name) => name !== TLS);
  return [...SMALL_FILES, ...folders, ...BESIDE_DATABASE.map((end) => `${database}${end}`), database];
}

interface Change {
  move(from: string, to: string): void;
  remove(one: string): void;
  mark(one: string): void;
}

/** What is in `to` already stays as it is: it was moved before the process was cut off. */
function moveOut(from: string, to: string, parts: readonly string[], change: Change): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of parts)
    if (existsSync(join(from, name)) && !existsSync(join(to, name)))
      change.move(join(from, name), join(to, name));
  sync(to);
  sync(from);
}

function moveIn(from: string, dataDir: string, database: string, change: Change): void {
  const parts = existsSync(join(dataDir, TLS)) ? partsOf(database) : [TLS, ...partsOf(database)];
  const beside = BESIDE_DATABASE.map((end) => `${database}${end}`);
  const mark = join(from, HAS_BESIDE);
  if (!existsSync(mark) && beside.some((name) => existsSync(join(from, name)))) {
    change.mark(mark);
    sync(from);
  }
  for (const name of parts) {
    if (!existsSync(join(from, name))) continue;
    // A command that was killed since this was cut off can have left such; only what belongs to the database may lie beside it.
    if (name === database && !existsSync(mark))
      for (const stale of beside) change.remove(join(dataDir, stale));
    change.remove(join(dataDir, name));
    change.move(join(from, name), join(dataDir, name));
  }
  sync(dataDir);
  change.remove(from);
}

function noteIn(folder: string): Replaced | undefined {
  try {
    const { at, by, why, made, sentence } = JSON.parse(readFileSync(join(folder, NOTE), "utf8")) as Replaced;
    return { at, by, why, made, sentence };
  } catch {
    return undefined;
  }
}

/** What was renamed in it is on the disk. */
function sync(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
