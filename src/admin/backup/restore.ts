import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { reasonOf } from "../../lib/failure.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { SMALL_FILES, SOUND_FILE } from "./backup.ts";
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
const DAMAGED = "The backup is damaged: it is not as it was written.";

/**
 * Makes a data folder of a backup: all of it, checked, or nothing. The folder must be empty, or not there. Errors are
 * sentences.
 */
export async function restoreBackup(file: string, parts: RestoreParts): Promise<Result<number, string>> {
  const { dataDir } = parts;
  const refusal = usable(file, dataDir);
  if (refusal !== undefined) return err(refusal);
  const target = resolve(dataDir);
  const draft = join(dirname(target), `.${basename(target)}.restore-${process.pid}`);
  try {
    mkdirSync(join(draft, "audio"), { recursive: true, mode: 0o700 });
    const files = await unpack(file, draft, parts);
    const checked = await parts.check(draft);
    if (!checked.ok) return checked;
    if (existsSync(target)) rmdirSync(target);
    await rename(draft, target);
    return ok(files);
  } catch (error) {
    return err(
      error instanceof BackupFault ? error.message : `${file} cannot be restored: ${reasonOf(error)}.`,
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function usable(file: string, dataDir: string): string | undefined {
  if (!existsSync(file) || !statSync(file).isFile()) return `There is no file ${file}.`;
  if (!existsSync(dataDir)) return undefined;
  if (!statSync(dataDir).isDirectory()) return `${dataDir} is no folder.`;
  return readdirSync(dataDir).length === 0
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
        await pipeline(
          reader.pieces(entry.size),
          createWriteStream(join(folder, entry.name), { flags: "wx", mode: 0o600, flush: true }),
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
  return name.startsWith("audio/") && SOUND_FILE.test(name.slice("audio/".length));
}
