import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { rename, rm, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { reasonOf } from "../../lib/failure.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { makeFolder } from "../../runtime/folder.ts";
import { BackupFault } from "./frames.ts";
import { type UnpackParts, unpackBackup } from "./unpack.ts";

export interface RestoreParts extends Pick<UnpackParts, "database" | "passphrase"> {
  readonly dataDir: string;
  /** Whether what was unpacked can be used by this release; an error is a sentence. */
  check(folder: string): Promise<Result<unknown, string>>;
}

/** What is unpacked and not checked yet lies in such a folder; one that a restore which was killed has left counts for nothing. */
const DRAFT = /^\.restore-(\d+)$/;
/** A disk of its own has it when it is empty. */
const LOST_AND_FOUND = "lost+found";

/**
 * Makes a data folder of a backup: all of it, checked, or nothing. The folder must be empty, or not there, and still so when all is
 * unpacked. All is done inside it, for it may be where a disk is mounted, and what is around it somebody else's (docs/adr/0105). Errors are
 * sentences.
 */
export async function restoreBackup(file: string, parts: RestoreParts): Promise<Result<number, string>> {
  const { dataDir } = parts;
  try {
    if (!existsSync(file) || !statSync(file).isFile()) return err(`There is no file ${file}.`);
    const refusal = occupied(dataDir);
    return refusal === undefined ? await restoreInto(resolve(dataDir), file, parts) : err(refusal);
  } catch (error) {
    return err(
      error instanceof BackupFault
        ? error.message
        : `${file} cannot be restored into ${dataDir}: ${reasonOf(error)}.`,
    );
  }
}

async function restoreInto(
  target: string,
  file: string,
  parts: RestoreParts,
): Promise<Result<number, string>> {
  const draft = join(target, `.restore-${process.pid}`);
  const wasThere = existsSync(target);
  makeFolder(target);
  try {
    await forget(readdirSync(target).filter(isLeftOver), target);
    mkdirSync(draft, { mode: 0o700 });
    const files = await unpackBackup(file, draft, parts);
    const checked = await parts.check(draft);
    if (!checked.ok) return checked;
    // The passphrase was waited for: a server may have been started here, or another restore be done.
    const refusal = occupied(parts.dataDir);
    if (refusal !== undefined) return err(refusal);
    await move(draft, target, parts.database);
    return ok(files);
  } finally {
    await forget([draft], target);
    // Fails where there is anything in it: what was restored, or somebody else's.
    if (!wasThere) await rmdir(target).catch(() => {});
  }
}

/** The database last: where it is, all is. What is moved goes again when the rest cannot be. */
async function move(draft: string, target: string, database: string): Promise<void> {
  const names = readdirSync(draft).filter((name) => name !== database);
  const moved: string[] = [];
  try {
    for (const name of [...names, database]) {
      await rename(join(draft, name), join(target, name));
      moved.push(name);
    }
  } catch (error) {
    await forget(moved, target);
    throw error;
  }
}

async function forget(names: readonly string[], folder: string): Promise<void> {
  await Promise.all(names.map((name) => rm(resolve(folder, name), { recursive: true, force: true })));
}

/** Whether it is the draft of a restore that is over; another one may be waiting for its passphrase. */
function isLeftOver(name: string): boolean {
  const pid = Number(DRAFT.exec(name)?.[1]);
  if (Number.isNaN(pid)) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}

function occupied(dataDir: string): string | undefined {
  if (!existsSync(dataDir)) return undefined;
  if (!statSync(dataDir).isDirectory()) return `${dataDir} is no folder.`;
  return readdirSync(dataDir).every((name) => DRAFT.test(name) || name === LOST_AND_FOUND)
    ? undefined
    : `The data folder ${dataDir} is not empty: a backup is restored into an empty one. Nothing was changed.`;
}
