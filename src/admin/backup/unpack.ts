import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { LONGEST_LINE } from "../../model/backup-head.ts";
import { FOLDERS, SMALL_FILES } from "./backup.ts";
import { ByteReader } from "./byte-reader.ts";
import { type BackupFacts, BackupFault, DAMAGED, openEnvelope } from "./frames.ts";

export interface UnpackParts {
  /** The database's file in the data folder. */
  readonly database: string;
  /** Asked where the backup is sealed. */
  readonly passphrase: (facts: BackupFacts) => Promise<string | undefined>;
  /** So many octets may be written; as many as there are when left out. */
  readonly room?: number | undefined;
  /** Hears how many octets of the file have been read. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/** The backup has more than may be written. */
export class NoRoomFault extends BackupFault {
  constructor() {
    super("There is no room on the disk for what the backup has.");
  }
}

/**
 * Writes what a backup has into an empty folder, and answers how many files that are. Throws a BackupFault where the file is no
 * backup that can be used, and what the file system says.
 */
export async function unpackBackup(file: string, folder: string, parts: UnpackParts): Promise<number> {
  const { room = Number.POSITIVE_INFINITY, onRead = () => {} } = parts;
  let [files, bytes, read] = [0, 0, 0];
  const names = new Set<string>();
  await pipeline(
    createReadStream(file),
    async function* counted(source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        read += chunk.length;
        onRead(read);
        yield chunk;
      }
    },
    (source: AsyncIterable<Uint8Array>) => openEnvelope(source, parts.passphrase),
    createGunzip(),
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
        bytes += entry.size;
        if (bytes > room) throw new NoRoomFault();
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
