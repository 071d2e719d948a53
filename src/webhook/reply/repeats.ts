import type { WebhookValues } from "../../dialplan/command.ts";

// No caller steers (webhook.md, The reply). A receiver that writes back what it was sent, unencoded, writes what the caller
// chose: a display name `X&destination=%2B31612345999` would be a pair of the reply. So a reply is searched for the
// values that were sent, exactly, whatever encoding they or it are in; from such a repeat on, nothing is a key.
//
// Two texts are compared by their *letters*: the ASCII letters, digits and separators of each, decoded; a separator that is
// encoded (`%26`, `%2526`, `\u0026`) is no separator to the reader of the reply and stays apart from one that is raw. What
// differs otherwise (white space, case of non-ASCII, a character set) is not looked at.

/** How the reply is read, which decides what separates: `&` and `=`, or the quotes of JSON. */
export type ReplyForm = "form" | "json";

/** Where a reply repeats a sent value that holds a separator. */
export interface Repeat {
  /** As in the template: `callername`. */
  readonly placeholder: string;
  /** First character of the repeat, and the one after it. */
  readonly start: number;
  readonly end: number;
}

/** The values of one request that could steer a reply; undefined where none could, which is nearly always. */
export interface Steering {
  /** The first repeat in a reply. */
  find(reply: string, form: ReplyForm): Repeat | undefined;
  /** Whether a pair of the reply, key and value as written, stands in a value that was sent: that of this placeholder. */
  owner(pair: string): string | undefined;
}

/** A separator as it is, or in an encoding that a receiver may undo before it repeats the value. */
const MAY_STEER = /[&="]|%(?:25)*(?:26|3d|22)|\\u00(?:26|3d|22)/i;
/** How often a receiver decodes a value at most: the query once, and what code around it does too much. */
const DECODINGS = 3;
/** Longest value that is searched for; no display name is longer by the time it is sent. */
const MAX_VALUE = 4096;

/** Finds what of the sent values could steer. Pure. */
export function steeringOf(sent: Partial<WebhookValues>): Steering | undefined {
  const values = Object.entries(sent).filter(([, value]) => MAY_STEER.test(value));
  if (values.length === 0) return undefined;
  const known = values.map(([placeholder, value]) => ({
    placeholder,
    written: decodings(value.slice(0, MAX_VALUE)),
    flat: flat(value.slice(0, MAX_VALUE)),
  }));
  return {
    find(reply, form) {
      const body = lettersOf(reply, form);
      let first: Repeat | undefined;
      for (const { placeholder, written } of known) {
        for (const text of written) {
          const { letters } = lettersOf(text, form);
          // A name that is nothing but separators is repeated by every reply there is.
          if (!SEPARATORS[form].test(letters) || !/[a-z0-9]/i.test(letters)) continue;
          const index = body.letters.indexOf(letters);
          const start = index < 0 ? Number.POSITIVE_INFINITY : (body.at[index] ?? 0);
          if (start >= (first?.start ?? Number.POSITIVE_INFINITY)) continue;
          first = { placeholder, start, end: (body.at[index + letters.length - 1] ?? start) + 1 };
        }
      }
      return first;
    },
    owner(pair) {
      const wanted = flat(pair.replace(CUT_OFF, ""));
      return known.find((value) => value.flat.includes(wanted))?.placeholder;
    },
  };
}

function decodings(value: string): readonly string[] {
  const texts = new Set([value]);
  let text = value;
  for (let count = 0; count < DECODINGS; count += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    texts.add(text);
  }
  texts.add(
    text.replace(/\\u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
  return [...texts];
}

const SEPARATORS: Readonly<Record<ReplyForm, RegExp>> = { form: /[&=]/, json: /"/ };

interface Letters {
  readonly letters: string;
  /** Where in the text each of them begins. */
  readonly at: Uint32Array;
}

const [QUOTE, PERCENT, AMPERSAND, EQUALS, BACKSLASH, SMALL_U] = [0x22, 0x25, 0x26, 0x3d, 0x5c, 0x75];

/** Letters, digits, separators and 1 to 3: one octet each. */
const ASCII = new TextDecoder();

/** One pass over at most 64 KiB, without an object a character: this runs on the signalling thread. */
function lettersOf(text: string, form: ReplyForm): Letters {
  const letters = new Uint8Array(text.length);
  const at = new Uint32Array(text.length);
  let count = 0;
  let next = 0;
  for (let index = 0; index < text.length; index = next) {
    const code = text.charCodeAt(index);
    next = index + 1;
    let letter = 0;
    if (code === PERCENT) {
      // `%2526` is an encoded `&` just as `%26` is.
      while (text.startsWith("25", next)) next += 2;
      const decoded = hexAt(text, next, 2);
      if (decoded >= 0) next += 2;
      letter = apart(decoded);
    } else if (code === BACKSLASH) {
      const decoded = text.charCodeAt(next) === SMALL_U ? hexAt(text, next + 1, 4) : -1;
      // A backslash means nothing in a form; in JSON it takes the character behind it.
      if (decoded >= 0) next += 5;
      else if (form === "json") next += 1;
      letter = apart(decoded < 0 && form === "json" ? text.charCodeAt(next - 1) : decoded);
    } else if (isAlphanumeric(code)) letter = code;
    else if (code === AMPERSAND) {
      letter = form === "form" ? code : 0;
      next += writtenOut(text, next);
    } else if (code === (form === "form" ? EQUALS : QUOTE)) letter = code;
    if (letter === 0) continue;
    letters[count] = letter;
    at[count] = index;
    count += 1;
  }
  return { letters: ASCII.decode(letters.subarray(0, count)), at };
}

/** How HTML writes an `&`, behind the `&` itself. */
const WRITTEN_OUT = ["amp;", "#38;", "#038;", "#x26;", "#X26;", "AMP;"] as const;
/** An `&` and however often it was written out. */
export const AMPERSANDS = /&(?:(?:amp|AMP|#0?38|#[xX]26);)*/g;

/** Length of `amp;` or the like, however often it was written, behind an `&`: such a one separates as `&` does. */
export function writtenOut(text: string, at: number): number {
  let end = at;
  for (;;) {
    const form = WRITTEN_OUT.find((one) => text.startsWith(one, end));
    if (form === undefined) return end - at;
    end += form.length;
  }
}

/** A character that stood there encoded: a letter is itself, a separator is not one; 0 for all that is not looked at. */
function apart(code: number): number {
  if (isAlphanumeric(code)) return code;
  return code === AMPERSAND ? 1 : code === EQUALS ? 2 : code === QUOTE ? 3 : 0;
}

function isAlphanumeric(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

function hexAt(text: string, at: number, length: number): number {
  const digits = text.slice(at, at + length);
  return digits.length === length && /^[0-9a-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
}

/** What is left of an encoded character where a receiver cut the value. */
const CUT_OFF = /(?:%(?:25)*[0-9a-f]?|\\u[0-9a-f]{0,3})"?$/i;
const ENCODED = /%(?:25)*([0-9a-f]{2})|\\u([0-9a-f]{4})/gi;

/** Letters and digits alone, decoded through every layer. */
function flat(text: string): string {
  return text
    .replace(ENCODED, (_all, hex?: string, unicode?: string) =>
      String.fromCharCode(Number.parseInt(hex ?? unicode ?? "", 16)),
    )
    .replace(AMPERSANDS, "")
    .replace(/[^a-z0-9]/gi, "")
    .toLowerCase();
}
