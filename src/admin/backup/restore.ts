import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { reasonOf } from "../../lib/failure.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { makeFolder } from "../../runtime/folder.ts";
import { FOLDERS, SMALL_FILES } from "./backup.ts";
import { ByteReader } from "./byte-reader.ts";
import { type BackupFacts, BackupFault, openEnvelope } from "./frames.ts";

export interface RestoreParts {
  readonly dataDir: string;
  /** The database's file in the data folder. */
  readonly database: string;
  /** Asked where the backup is sealed. */
  readonly passphrase: (facts: BackupFacts) => Promise<string | undefined>;
  /** Whether what was unpacked can be used by this release; an error is a sentence. */
  check(folder: string): Promise<Result<undefined, string>>;
}

const LONGEST_LINE = 4096;
/** What is unpacked and not checked yet lies in such a folder; one that a restore which was killed has left counts for nothing. */
const DRAFT = /^\.restore-(\d+)$/;
/** A disk of its own has it when it is empty. */
const LOST_AND_FOUND = "lost+found";
const DAMAGED = "The backup is damaged: it is not as it was written.";

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
    const files = await unpack(file, draft, parts);
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

async function unpack(file: string, folder: string, parts: RestoreParts): Promise<number> {
  const gunzip = createGunzip();
  let files = 0;
  const names = new Set<string>();
  await pipeline(
    createReadStream(file),
    (source: AsyncIterable<Uint8Array>) => openEnvelope(source, parts.passphrase),
    gunzip,
    async (content: AsyncIterable<Uint8Array>) => {
      const reader = new ByteReader(content, () => new BackupFault(DAMAGED));
      for (;;) {
        const entry = entryIn((await reader.line(LONGEST_LINE)) ?? "");
        if (entry === undefined) throw new BackupFault(DAMAGED);
        if ("files" in entry) {
          if (entry.files !== files || !(await reader.isAtEnd())) throw new BackupFault(DAMAGED);
          return;
        }
        // Where a file comes to lie is never what the backup says alone.
        if (!isKnown(entry.name, parts.database) || names.has(entry.name)) throw new BackupFault(DAMAGED);
        names.add(entry.name);
        const place = join(folder, entry.name);
        mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
        await pipeline(
          reader.pieces(entry.size),
          createWriteStream(place, { flags: "wx", mode: 0o600, flush: true }),
        );
        files += 1;
      }
    },
  );
  if (!names.has(parts.database)) throw new BackupFault(DAMAGED);
  return files;
}

function entryIn(
  line: string,
): { readonly name: string; readonly size: number } | { readonly files: number } | undefined {
  try {
    const { name, size, files } = JSON.parse(line) as Record<string, unknown>;
    if (typeof files === "number") return { files };
    const isSize = typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
    return typeof name === "string" && isSize ? { name, size } : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(name: string, database: string): boolean {
  if (name === database || SMALL_FILES.some((one) => one === name)) return true;
  const [folder = "", inside = "", ...more] = name.split("/");
  return more.length === 0 && Object.hasOwn(FOLDERS, folder) && FOLDERS[folder]?.test(inside) === true;
}
