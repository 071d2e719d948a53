import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from "node:crypto";
import { createReadStream } from "node:fs";
import { promisify } from "node:util";
import { HEAD_BYTES, LONGEST_LINE } from "../../model/backup-head.ts";
import { ByteReader } from "./byte-reader.ts";

// The envelope of a backup: two lines that say what it is, then frames. A frame is its length and whether it is the last one,
// its octets, and a tag that depends on all before it; so a file that was cut short, mixed up or changed is told from a whole one.

const FIRST_LINE = "SWITCHHOOK BACKUP 1";
const FRAME_BYTES = 64 * 1024;
const LAST = 0x8000_0000;
const SALT_BYTES = 16;
const GCM_TAG_BYTES = 16;
/** OWASP's advice for scrypt: 128 MiB, a tenth of a second or a few. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;

/** What a backup says of itself, readable without its passphrase. */
export interface BackupFacts {
  /** ISO 8601. */
  readonly made: string;
  /** Of Switchhook. */
  readonly version: string;
  /** Salt of the key that the passphrase makes, in hex; null: it is not sealed. */
  readonly salt: string | null;
}

/** Why a file is no backup that can be used, in a sentence. */
export class BackupFault extends Error {}

/** Makes and checks the tags of frames. */
interface Seal {
  readonly tagBytes: number;
  close(data: Uint8Array, isLast: boolean): readonly [data: Uint8Array, tag: Uint8Array];
  /** Undefined: it is not what was closed here. */
  open(data: Uint8Array, tag: Uint8Array, isLast: boolean): Uint8Array | undefined;
}

/** Puts octets into an envelope; with a passphrase nobody reads them without it (scrypt, AES-256-GCM). */
export async function* closeEnvelope(
  content: AsyncIterable<Uint8Array>,
  { version, passphrase }: { readonly version: string; readonly passphrase: string | undefined },
): AsyncGenerator<Uint8Array> {
  const salt = passphrase === undefined ? null : randomBytes(SALT_BYTES).toString("hex");
  const facts: BackupFacts = { made: new Date().toISOString(), version, salt };
  const head = Buffer.from(`${FIRST_LINE}\n${JSON.stringify(facts)}\n`);
  const seal = await sealOf(head, facts, passphrase);
  yield head;
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const chunk of content) {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length > FRAME_BYTES; rest = rest.subarray(FRAME_BYTES))
      yield frame(seal, rest.subarray(0, FRAME_BYTES), false);
  }
  yield frame(seal, rest, true);
}

/** What the beginning of a file says of it; its rest is not looked at. Rejects with a BackupFault, or what the file system says. */
export async function factsOf(file: string): Promise<BackupFacts> {
  const head = createReadStream(file, { end: HEAD_BYTES });
  try {
    return (await readHead(new ByteReader(head, () => new BackupFault(CUT)))).facts;
  } finally {
    // It is not read to its end, and would stay open.
    head.destroy();
  }
}

async function readHead(
  reader: ByteReader,
): Promise<{ readonly head: Uint8Array; readonly facts: BackupFacts }> {
  const first = await reader.line(LONGEST_LINE);
  if (first !== FIRST_LINE)
    throw new BackupFault(
      first?.startsWith("SWITCHHOOK BACKUP ") === true
        ? "The backup was made by a newer release of Switchhook."
        : "This is no backup of Switchhook.",
    );
  const line = await reader.line(LONGEST_LINE);
  if (line === undefined) throw new BackupFault(CUT);
  const facts = factsIn(line);
  if (facts === undefined) throw new BackupFault(DAMAGED);
  return { head: Buffer.from(`${first}\n${line}\n`), facts };
}

/** The octets of an envelope, each checked before it is given. Throws a BackupFault. */
export async function* openEnvelope(
  file: AsyncIterable<Uint8Array>,
  passphraseFor: (facts: BackupFacts) => Promise<string | undefined>,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(file, () => new BackupFault(CUT));
  const { head, facts } = await readHead(reader);
  const passphrase = facts.salt === null ? undefined : await passphraseFor(facts);
  if (facts.salt !== null && passphrase === undefined)
    throw new BackupFault("The backup is sealed, and no passphrase was given.");
  const seal = await sealOf(head, facts, passphrase);
  for (let index = 0; ; index += 1) {
    const length = (await reader.bytes(4)).readUInt32BE();
    const isLast = length >= LAST;
    const size = length % LAST;
    if (size > FRAME_BYTES) throw new BackupFault(DAMAGED);
    const data = await reader.bytes(size);
    const opened = seal.open(data, await reader.bytes(seal.tagBytes), isLast);
    if (opened === undefined)
      throw new BackupFault(
        index === 0 && facts.salt !== null ? "The passphrase is wrong, or the backup is damaged." : DAMAGED,
      );
    yield opened;
    if (isLast) break;
  }
  if (!(await reader.isAtEnd())) throw new BackupFault(DAMAGED);
}

const CUT = "The backup is cut short: its end is missing.";
export const DAMAGED = "The backup is damaged: it is not as it was written.";

function factsIn(line: string): BackupFacts | undefined {
  try {
    const { made, version, salt } = JSON.parse(line) as Record<string, unknown>;
    if (typeof made !== "string" || typeof version !== "string") return undefined;
    if (salt !== null && (typeof salt !== "string" || !/^[0-9a-f]{32}$/.test(salt))) return undefined;
    return { made, version, salt };
  } catch {
    return undefined;
  }
}

function frame(seal: Seal, data: Uint8Array, isLast: boolean): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE((isLast ? LAST : 0) + data.length);
  return Buffer.concat([length, ...seal.close(data, isLast)]);
}

async function sealOf(
  head: Uint8Array,
  { salt }: BackupFacts,
  passphrase: string | undefined,
): Promise<Seal> {
  const start = createHash("sha256").update(head).digest();
  if (salt === null || passphrase === undefined) return chain(start);
  const derive = promisify<string, Uint8Array, number, typeof SCRYPT, Buffer>(scrypt);
  return sealed(start, await derive(passphrase.normalize("NFC"), Buffer.from(salt, "hex"), 32, SCRYPT));
}

/** Each tag is the hash of the frame and of the tag before it: it shows damage, no more. */
function chain(start: Uint8Array): Seal {
  let before = start;
  const next = (data: Uint8Array, isLast: boolean): Uint8Array =>
    createHash("sha256")
      .update(before)
      .update(isLast ? "last" : "more")
      .update(data)
      .digest();
  return {
    tagBytes: 32,
    close(data, isLast) {
      before = next(data, isLast);
      return [data, before];
    },
    open(data, tag, isLast) {
      before = next(data, isLast);
      return Buffer.compare(before, tag) === 0 ? data : undefined;
    },
  };
}

/** The key is this file's alone, for its salt is; so the number of a frame is nonce enough. */
function sealed(start: Uint8Array, key: Uint8Array): Seal {
  let count = 0;
  const nonce = (): Buffer => {
    const octets = Buffer.alloc(12);
    octets.writeUInt32BE(count, 8);
    count += 1;
    return octets;
  };
  const about = (isLast: boolean): Buffer => Buffer.concat([start, Buffer.from(isLast ? "last" : "more")]);
  return {
    tagBytes: GCM_TAG_BYTES,
    close(data, isLast) {
      const cipher = createCipheriv("aes-256-gcm", key, nonce()).setAAD(about(isLast));
      const closed = Buffer.concat([cipher.update(data), cipher.final()]);
      return [closed, cipher.getAuthTag()];
    },
    open(data, tag, isLast) {
      const decipher = createDecipheriv("aes-256-gcm", key, nonce(), { authTagLength: GCM_TAG_BYTES });
      try {
        decipher.setAAD(about(isLast)).setAuthTag(tag);
        return Buffer.concat([decipher.update(data), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
