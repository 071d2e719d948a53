import { isAsciiText, isToken, skipBlanks, sliceTrimmed } from "./chars.ts";
import { headerName } from "./header-names.ts";

/**
 * One header field as it stands on the wire. It never changes, so messages share the lines they have in
 * common: a response carries the very Via lines of its request.
 */
export class HeaderLine {
  /** Long name, lower case. */
  readonly id: string;
  /** The line's octets, one char code each, without the final CRLF; folds included. */
  readonly raw: string;
  readonly #colon: number;
  readonly #plain: boolean;
  #value: string | undefined;

  /** `plain`: all octets are ASCII and the line is not folded. A value that is undefined is read from the octets when asked for. */
  constructor(id: string, raw: string, colon: number, plain: boolean, value?: string) {
    this.id = id;
    this.raw = raw;
    this.#colon = colon;
    this.#plain = plain;
    this.#value = value;
  }

  /** The name as it was written. */
  get name(): string {
    return sliceTrimmed(this.raw, 0, this.#colon);
  }

  /** The value: folds made one space, trimmed, read as UTF-8 (invalid octets become U+FFFD here, not on the wire). */
  get value(): string {
    let value = this.#value;
    if (value === undefined) {
      const { raw } = this;
      value = this.#plain
        ? sliceTrimmed(raw, this.#colon + 1, raw.length)
        : textOf(unfold(raw, this.#colon + 1));
      this.#value = value;
    }
    return value;
  }
}

/**
 * A line of our own making. A CR, LF or NUL in the value becomes a space: nothing can end the line early. Throws if
 * the name is no token, which only a bug can bring.
 */
export function headerLine(name: string, value: string): HeaderLine {
  const known = RECURRING.get(name);
  if (known === undefined) return makeLine(name, value);
  let line = known.get(value);
  if (line === undefined) {
    line = makeLine(name, value);
    if (known.size < MAX_RECURRING) known.set(value, line);
  }
  return line;
}

/**
 * Fields of which the same few values go out with every call: their lines are made once and shared. Bounded, as a
 * value may come from a peer; what finds no room is made afresh.
 */
const RECURRING: ReadonlyMap<string, Map<string, HeaderLine>> = new Map(
  [
    "Accept",
    "Allow",
    "Contact",
    "Content-Length",
    "Content-Type",
    "CSeq",
    "Max-Forwards",
    "Min-SE",
    "Require",
    "Session-Expires",
    "Supported",
  ].map((name) => [name, new Map()]),
);
const MAX_RECURRING = 128;

function makeLine(name: string, value: string): HeaderLine {
  if (!isToken(name)) throw new Error("the name of a header field is no token");
  const safe = /[\r\n\0]/.test(value) ? value.replace(/[\r\n\0]/g, " ") : value;
  const trimmed = sliceTrimmed(safe, 0, safe.length);
  return new HeaderLine(headerName(name).id, `${name}: ${octetsOf(trimmed)}`, name.length, false, trimmed);
}

/** Text as the octets of its UTF-8 form, one char code each. */
export function octetsOf(text: string): string {
  return isAsciiText(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The text that octets (one char code each) spell in UTF-8; what is none is Latin-1, as old phones write names (S12). */
export function textOf(octets: string): string {
  if (isAsciiText(octets)) return octets;
  try {
    return UTF8.decode(Buffer.from(octets, "latin1"));
  } catch {
    return octets;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// RFC 3261 §7.3.1: a CRLF followed by white space is equal to one SP.
function unfold(raw: string, from: number): string {
  let value = "";
  let at = from;
  while (at < raw.length) {
    const fold = raw.indexOf("\r\n", at);
    const end = fold < 0 ? raw.length : fold;
    const part = sliceTrimmed(raw, at, end);
    if (part.length > 0) value = value.length > 0 ? `${value} ${part}` : part;
    at = fold < 0 ? raw.length : skipBlanks(raw, fold + 2);
  }
  return value;
}
