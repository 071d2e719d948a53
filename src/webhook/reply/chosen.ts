import type { WebhookValues } from "../../dialplan/command.ts";
import { octetsOf } from "./text.ts";

// No caller steers, second lock (docs/adr/0051). The first (repeats.ts) knows a reply that repeats a sent value. A receiver
// may also change what it writes back: strip accents and tags, decode entities, swap first and last name, and so turn
// `X＆déstination＝…` into a key. Against that no comparison of texts helps, but this does: whatever a receiver makes of a
// name, the digits of the number that its caller wants come from the name. So a destination whose digits stand in a text
// that the caller chose is not taken, nor is the caller's own number, which he chooses too.

/** What the caller chose of the values that were sent. */
export interface Chosen {
  /** The placeholder whose value holds this destination's digits; undefined: the receiver's own. */
  holder(destination: string): string | undefined;
  /** Whether the `status` of a reply with this beginning can be the caller's: his text has one in it. */
  mayHaveWrittenStatus(beginning: () => string): boolean;
}

/** Placeholders whose value may be any text. */
const TEXTS = ["callername", "callerid"] as const;
/** A number and what is written between its digits: it can be no key, whatever becomes of it. */
const NUMBER = /^[\s+\d().\-/]*$/;
/** Nothing that any code on the way would undo: nearly every name. */
const PLAIN = /^[A-Za-z\d ,.'()-]*$/;
/** A whole number of the outside; a shorter one is an extension, which a cut or a chance can make. */
const OUTSIDE_DIGITS = 7;
/** By so many last digits two numbers are the same one, however they begin (`+31`, `0031`, `0`). */
const OWN_DIGITS = 8;
const BEGINS_WITH_STATUS = /^[\s{"']*status\b/i;
/** "Status Quo" is none, whatever is made of it: no separator stands in it. */
const BEGINS_WITH_KEY = /^[\s{"']*status\b.*[=:]/is;
const MAX_TEXT = 4096;
const DECODINGS = 3;

/** Looks at what the caller chose. Pure; cheap for a name that is a number or empty. */
export function chosenIn(sent: Partial<WebhookValues>): Chosen {
  const texts = TEXTS.flatMap((placeholder) => {
    const value = sent[placeholder] ?? "";
    if (NUMBER.test(value)) return [];
    return [{ placeholder, readings: readingsOf(value.slice(0, MAX_TEXT)) }];
  });
  return {
    holder(destination) {
      const wanted = digitsOf(NUMBER.test(destination) ? destination : fold(destination));
      if (wanted === "") return undefined;
      const callerid = sent.callerid ?? "";
      const own = NUMBER.test(callerid) ? digitsOf(callerid) : "";
      if (own.length >= OWN_DIGITS && wanted.endsWith(own.slice(-OWN_DIGITS))) return "callerid";
      return texts.find(({ readings }) => readings.some((text) => holdsNumber(text, wanted)))?.placeholder;
    },
    mayHaveWrittenStatus(beginning) {
      if (!texts.some(({ readings }) => readings.some((text) => text.includes("status")))) return false;
      // What stands before everything else in a reply is the receiver's, unless the text begins so too.
      const first = BEGINS_WITH_STATUS.test(beginning());
      return texts.some(({ readings }) =>
        readings.some((text) => (first ? BEGINS_WITH_KEY.test(text) : text.includes("status"))),
      );
    },
  };
}

/** Whether these digits stand in a text, whatever else is between them. */
function holdsNumber(text: string, wanted: string): boolean {
  const runs = text.match(/\d+/g) ?? [];
  if (wanted.length >= OUTSIDE_DIGITS) return runs.join("").includes(wanted);
  return runs.some((_, from) => {
    let digits = "";
    for (const run of runs.slice(from)) {
      digits += run;
      if (digits.length >= wanted.length) break;
    }
    return digits === wanted;
  });
}

/** A text as receivers may read it: as it is, and with each encoding undone that code on the way undoes. */
function readingsOf(value: string): readonly string[] {
  if (PLAIN.test(value)) return [value.toLowerCase()];
  const texts = new Set([fold(value)]);
  let text = value;
  for (let count = 0; count < DECODINGS; count += 1) {
    text = decoded(text);
    texts.add(fold(text));
  }
  texts.add(fold(text.replace(/<[^>]*>/g, "")));
  return [...texts];
}

/** `%26`, `%u0026`, `&#38;`, `&#x26;`, `\u0026`, `\x26`, `=26` and base64 of RFC 2047. */
const ENCODED =
  /%u([0-9a-f]{4})|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});?|&#(\d{1,7});?|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|=\?[^?]*\?b\?([a-z0-9+/=]*)\?=/gi;

function decoded(text: string): string {
  return text.replace(ENCODED, (all: string, ...groups: readonly (string | undefined)[]) => {
    const [wide, percent, hex, decimal, escaped, short, base64] = groups;
    if (base64 !== undefined) return fromBase64(base64);
    const code =
      decimal === undefined
        ? Number.parseInt(wide ?? percent ?? hex ?? escaped ?? short ?? "", 16)
        : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

const UTF8 = new TextDecoder();

/** What stands before the padding; a single character at its end, which is no octet yet, is left out. */
function fromBase64(text: string): string {
  const [digits = ""] = text.split("=", 1);
  return UTF8.decode(octetsOf(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits)));
}

/** Compatibility forms, marks and case taken away, every script's digits as ours. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}|\p{Cf}/gu, "")
    .replace(/ı/g, "i")
    .replace(/[^\x00-\x7f]/gu, (character) => asciiDigit(character))
    .toLowerCase();
}

function asciiDigit(character: string): string {
  if (!/^\p{Nd}$/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  let value = 0;
  // The ten digits of a script stand in a row.
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}
