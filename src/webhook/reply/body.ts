import { err, ok, type Result } from "../../lib/result.ts";
import { noteOf, type ReadFault, type ReplyNote } from "./notes.ts";
import type { ReplyFailure } from "./reasons.ts";
import { bodyBytes, bytesOf, decodeBytes, trimAscii, utf16Of } from "./text.ts";

// From the octets of a body to the text that holds the reply: character sets, marks, and what is wrapped around all of it
// by a framework that means well. What is taken off here is certain: nothing else can have been meant.

/** A body as it is to be read. */
export interface Body {
  /** One character per octet, nothing around it. */
  readonly bytes: string;
  readonly notes: readonly ReplyNote[];
}

/** Content codings that change the octets (IANA, HTTP Content Coding Registry). */
const COMPRESSIONS = new Set(
  "aes128gcm br compress dcb dcz deflate exi gzip pack200-gzip x-compress x-gzip zstd".split(" "),
);
/** How compressed bodies begin that come without the header: gzip, zlib, Zstandard. */
const BEGINNINGS: readonly (readonly [name: string, octets: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["deflate", [0x78, 0x01]],
  ["deflate", [0x78, 0x9c]],
  ["deflate", [0x78, 0xda]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
];
const QUOTES: readonly (readonly [open: string, close: string])[] = [
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
  // What Python's `str` makes of bytes.
  ["b'", "'"],
  ['b"', '"'],
  // In UTF-8, an octet a character.
  ["\xe2\x80\x9c", "\xe2\x80\x9d"],
];
/** A list in a list, or in a string, is looked into so often. */
const MAX_LAYERS = 3;
/** With a backslash in it the characters are not those of the reply. */
const PYTHON_BYTES = /^b(?:'[^'\\]*'|"[^"\\]*")$/;
const NONE: readonly ReplyNote[] = [];
/** Letters begin above it; brackets, braces and the backtick are looked at one by one. */
const FIRST_LETTER = 0x41;

/** Reads the octets of a body as text, and takes off what stands around all of it. Never throws. */
export function readBody(body: Uint8Array, contentEncoding: string | undefined): Result<Body, ReplyFailure> {
  const faults: ReadFault[] = [];
  if (contentEncoding !== undefined) {
    const compression = compressionOf(contentEncoding, faults);
    if (compression !== undefined) return err({ code: "compressedBody", encoding: compression });
  }
  const unmarked =
    body[0] === 0x1f || body[0] === 0x78 || body[0] === 0x28 ? compressedWith(body) : undefined;
  if (unmarked !== undefined) return err({ code: "compressedBody", encoding: unmarked });
  const utf16 = utf16Of(body);
  if (utf16 !== undefined) faults.push({ code: "utf16" });
  const bytes =
    utf16 === undefined
      ? bodyBytes(body)
      : bytesOf(new TextDecoder(utf16, { ignoreBOM: true }).decode(wholeUnits(body)));
  const unwrapped = isWrapped(bytes) ? unwrap(bytes, faults) : ok(bytes);
  if (!unwrapped.ok) return unwrapped;
  return ok({ bytes: unwrapped.value, notes: faults.length === 0 ? NONE : faults.map(noteOf) });
}

/** UTF-16 without a last octet of its own: a line end that a tool has put behind it. */
function wholeUnits(body: Uint8Array): Uint8Array {
  return body.length % 2 === 0 ? body : body.subarray(0, -1);
}

/** The compression that a header names; one that is none is noted. */
function compressionOf(header: string, faults: ReadFault[]): string | undefined {
  const named = header.trim().toLowerCase();
  if (named === "" || named === "identity") return undefined;
  const words = named.split(/[\s,;]+/);
  if (words.some((word) => COMPRESSIONS.has(word))) return named;
  faults.push({ code: "noCompression", encoding: header.trim() });
  return undefined;
}

function compressedWith(body: Uint8Array): string | undefined {
  return BEGINNINGS.find(([, octets]) => octets.every((octet, at) => body[at] === octet))?.[0];
}

/** Whether a body begins with what may stand around a whole reply: a quote or a bracket. */
function isWrapped(bytes: string): boolean {
  const first = bytes.charCodeAt(0);
  if (first === 0x62) return PYTHON_BYTES.test(bytes);
  if (first >= FIRST_LETTER && first < 0x80) return first === 0x5b || first === 0x60;
  return first === 0x22 || first === 0x27 || first === 0xe2;
}

/** What stands in a JSON string, a list of one, or quotes around everything. */
function unwrap(whole: string, faults: ReadFault[]): Result<string, ReplyFailure> {
  let bytes = whole;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const first = bytes[0];
    // The escapes of a string are undone once: what a caller had encoded twice must not become a key.
    const text =
      first === '"' && !faults.some(({ code }) => code === "jsonString") ? jsonString(bytes) : undefined;
    if (text !== undefined) {
      faults.push({ code: "jsonString" });
      bytes = bytesOf(text);
      continue;
    }
    if (first === "[") {
      const list = listElement(bytes);
      if (list === undefined) return ok(bytes);
      if (typeof list === "number") return err({ code: "jsonList", count: list });
      faults.push({ code: "listOfOne" });
      bytes = list;
      continue;
    }
    const inside = insideQuotes(bytes);
    if (inside === undefined) return ok(bytes);
    faults.push({ code: "quotedBody", quote: inside.quote });
    bytes = inside.text;
  }
  return ok(bytes);
}

function jsonString(bytes: string): string | undefined {
  const value = parsed(decodeBytes(bytes));
  return typeof value === "string" ? value : undefined;
}

/** The only element as it is written; the number of elements where it is another than one; undefined: no list. */
function listElement(bytes: string): string | number | undefined {
  const value = parsed(decodeBytes(bytes));
  if (!Array.isArray(value)) return undefined;
  return value.length === 1 ? trimAscii(bytes.slice(1, -1)) : value.length;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the only way in which it says that it is not JSON
  }
}

function insideQuotes(bytes: string): { readonly text: string; readonly quote: string } | undefined {
  for (const [open, close] of QUOTES) {
    if (!bytes.startsWith(open) || !bytes.endsWith(close) || bytes.length < open.length + close.length)
      continue;
    const text = trimAscii(bytes.slice(open.length, -close.length));
    return { text, quote: decodeBytes(open) };
  }
  return undefined;
}
