import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { reasonOf } from "../../lib/failure.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { closeEnvelope } from "./frames.ts";

/** Files of a data folder that a backup has, besides the database and the sound. What is not in it is made anew. */
export const SMALL_FILES = ["secret.key", "installation-id"] as const;
const [AUDIO, TLS] = ["audio", "tls"] as const;
/** The converted sound of messages (audio-library.ts), as in company/audio-paths.ts. */
const SOUND_FILE = /^[0-9a-f]{64}\.(alaw|ulaw|g722|wav)$/;
/** Certificate and key, where the operator keeps them in the data folder. */
const TLS_FILE = /^[\w-][\w.-]{0,99}\.pem$/;
/** Folders of a data folder that a backup has, and which of their files. */
export const FOLDERS: Readonly<Record<string, RegExp>> = { [AUDIO]: SOUND_FILE, [TLS]: TLS_FILE };

export interface BackupParts {
  readonly dataDir: string;
  readonly version: string;
  readonly passphrase: string | undefined;
  /** The database's file in the data folder. */
  readonly database: string;
  /** Writes the database as it is at one moment to a file that is not there yet; an error is a sentence. */
  snapshot(file: string): Result<undefined, string>;
}

/** What a backup has. */
export interface BackedUp {
  readonly files: number;
  readonly bytes: number;
  /** Certificates and keys in `tls` that could not be read as files. */
  readonly leftOut: readonly string[];
}

interface Part {
  readonly name: string;
  readonly size: number;
  /** What is in it, or the file that it is copied from. */
  readonly from: Uint8Array | string;
}

/** What is larger is no certificate. */
const MAX_TLS_BYTES = 1_048_576;

/**
 * Writes everything of a data folder into one file (docs/adr/0072), whole or not at all, while its server runs or not: the database as it
 * is at one moment, the keys, the sound, the certificates. What a sound was made from names it, so it never changes, and
 * what the database refers to is still there when the sound is copied. Certificates are somebody else's, who may renew them
 * meanwhile: each is read at once, and one that cannot be read is left out. Errors are sentences.
 */
export async function writeBackup(file: string, parts: BackupParts): Promise<Result<BackedUp, string>> {
  if (existsSync(file)) return err(`${file} is there already; a backup takes the place of nothing.`);
  const draft = join(dirname(resolve(file)), `.${basename(file)}.${process.pid}`);
  const snapshot = `${draft}.db`;
  try {
    const taken = parts.snapshot(snapshot);
    if (!taken.ok) return taken;
    const tls = certificates(join(parts.dataDir, TLS));
    const all = [...partsOf(parts, snapshot), ...tls.parts];
    const { version, passphrase } = parts;
    await pipeline(
      contentOf(all),
      createGzip({ level: 4 }),
      (source: AsyncIterable<Uint8Array>) => closeEnvelope(source, { version, passphrase }),
      createWriteStream(draft, { flags: "wx", mode: 0o600 }),
    );
    await flush(draft);
    await rename(draft, file);
    return ok({ files: all.length, bytes: statSync(file).size, leftOut: tls.leftOut });
  } catch (error) {
    return err(`${file} cannot be written: ${reasonOf(error)}.`);
  } finally {
    await Promise.all([snapshot, draft].map((one) => rm(one, { force: true })));
  }
}

function partsOf({ dataDir, database }: BackupParts, snapshot: string): readonly Part[] {
  const part = (name: string, from: string): Part => ({ name, from, size: statSync(from).size });
  const audio = join(dataDir, AUDIO);
  const sounds = existsSync(audio) ? readdirSync(audio).filter((name) => SOUND_FILE.test(name)) : [];
  return [
    part(database, snapshot),
    ...SMALL_FILES.filter((name) => existsSync(join(dataDir, name))).map((name) =>
      part(name, join(dataDir, name)),
    ),
    ...sounds.sort().map((name) => part(`${AUDIO}/${name}`, join(audio, name))),
  ];
}

function certificates(folder: string): {
  readonly parts: readonly Part[];
  readonly leftOut: readonly string[];
} {
  const parts: Part[] = [];
  const leftOut: string[] = [];
  for (const name of namesIn(folder)) {
    const from = TLS_FILE.test(name) ? contentIn(join(folder, name)) : undefined;
    if (from !== undefined) parts.push({ name: `${TLS}/${name}`, from, size: from.length });
    else if (name.endsWith(".pem")) leftOut.push(`${TLS}/${name}`);
  }
  return { parts, leftOut };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    // Where it may not be read, its certificates are left out, as if each were.
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? [] : ["*.pem"];
  }
}

function contentIn(file: string): Uint8Array | undefined {
  try {
    const found = statSync(file);
    return found.isFile() && found.size <= MAX_TLS_BYTES ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Each file behind a line with its name and size, and a line at the end. */
async function* contentOf(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { name, from, size } of parts) {
    yield Buffer.from(`${JSON.stringify({ name, size })}\n`);
    let sent = 0;
    const content = typeof from === "string" ? createReadStream(from) : [from];
    for await (const chunk of content as AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent !== size) throw new Error(`${name} has changed while it was read`);
  }
  yield Buffer.from(`${JSON.stringify({ files: parts.length })}\n`);
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
