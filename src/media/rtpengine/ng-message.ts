/** What may stand in a command of the ng protocol, as far as we use it. */
export type NgValue = string | number | readonly string[] | Readonly<Record<string, readonly string[]>>;

/** A command to rtpengine: `command`, `call-id` and what else belongs to it. */
export interface NgCommand {
  readonly command: string;
  /** Octets of a sound file, which JSON cannot carry; the command is then written in bencoding. */
  readonly blob?: Uint8Array;
  readonly [key: string]: NgValue | Uint8Array | undefined;
}

/** A reply as it came: its cookie, and a value that nobody has looked at yet. */
export interface NgReplyMessage {
  readonly cookie: string;
  readonly body: unknown;
}

/** The largest sound that fits one datagram (65,507 octets) beside its command. */
export const MAX_BLOB_OCTETS = 64_000;

/** `cookie {"command":…}`; rtpengine replies in the encoding in which it was asked. */
export function encodeCommand(cookie: string, command: NgCommand): Buffer {
  if (command.blob === undefined) return Buffer.from(`${cookie} ${JSON.stringify(command)}`);
  const parts: Buffer[] = [Buffer.from(`${cookie} `)];
  bencode(command, parts);
  return Buffer.concat(parts);
}

/** A dictionary, list, string of octets or integer in bencoding: `d3:key5:valuee`. */
function bencode(value: unknown, parts: Buffer[]): void {
  if (typeof value === "number") parts.push(Buffer.from(`i${Math.trunc(value)}e`));
  else if (typeof value === "string") {
    const octets = Buffer.from(value);
    parts.push(Buffer.from(`${octets.length}:`), octets);
  } else if (value instanceof Uint8Array) parts.push(Buffer.from(`${value.length}:`), Buffer.from(value));
  else if (Array.isArray(value)) {
    parts.push(Buffer.from("l"));
    for (const entry of value) bencode(entry, parts);
    parts.push(Buffer.from("e"));
  } else if (typeof value === "object" && value !== null) {
    parts.push(Buffer.from("d"));
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      bencode(key, parts);
      bencode(entry, parts);
    }
    parts.push(Buffer.from("e"));
  }
}

const MAX_COOKIE = 64;

/** Reads a datagram of any origin; undefined if it is no reply. Never throws. */
export function decodeReply(datagram: Uint8Array): NgReplyMessage | undefined {
  const octets = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const space = octets.subarray(0, MAX_COOKIE + 1).indexOf(0x20);
  if (space < 1) return undefined;
  const cookie = octets.toString("latin1", 0, space);
  const text = octets.subarray(space + 1);
  if (text[0] === 0x64) {
    const body = decodeFlat(text);
    return body === undefined ? undefined : { cookie, body };
  }
  try {
    return { cookie, body: JSON.parse(text.toString("utf8")) as unknown };
  } catch {
    return undefined;
  }
}

const MAX_ENTRIES = 64;

/** A bencoded dictionary of strings and integers, which is all that the reply to a sound holds; undefined for others. */
function decodeFlat(octets: Buffer): Readonly<Record<string, string | number>> | undefined {
  const values = Object.create(null) as Record<string, string | number>;
  let at = 1;
  for (let entries = 0; entries < MAX_ENTRIES; entries++) {
    if (octets[at] === 0x65) return values;
    const key = decodeScalar(octets, at);
    if (typeof key?.value !== "string") return undefined;
    const value = decodeScalar(octets, key.end);
    if (value === undefined) return undefined;
    values[key.value] = value.value;
    at = value.end;
  }
  return undefined;
}

function decodeScalar(
  octets: Buffer,
  at: number,
): { readonly value: string | number; readonly end: number } | undefined {
  const head = octets.toString("latin1", at, at + 22);
  const integer = /^i(-?\d{1,15})e/.exec(head);
  if (integer !== null) return { value: Number(integer[1]), end: at + integer[0].length };
  const prefix = /^(\d{1,5}):/.exec(head);
  if (prefix === null) return undefined;
  const start = at + prefix[0].length;
  const end = start + Number(prefix[1]);
  return end > octets.length ? undefined : { value: octets.toString("utf8", start, end), end };
}
