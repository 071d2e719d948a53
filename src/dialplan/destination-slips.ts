import { encodeValue } from "./template.ts";

// What a program wrote for a number: a number with something around it, whose sentence has the line that was meant, or no
// number at all. Nothing here is dialled.

/** Longest text that is looked at. */
const MAX_TEXT = 80;
const NUMBER = /^\+?\d[\d ().-]{1,24}$/;
/** What programs write for a value that there is not. */
const MISSING = /^(?:none|null|nil|undefined|nan|true|false|\[object \w+\]|array|-)$/i;
const URI = /^(?:tel|sips?|callto):\/{0,2}([^@;?]*)/i;
const EXTENSION = /^(\+?[\d ().-]{3,24}?)\s*(?:x|ext\.?|extension|toestel|;ext=|#|,{2,4}|p|w)\s*\d{1,8}#?$/i;
const QUOTES = /^["'\u201c\u201d\u2018\u2019](.*)["'\u201c\u201d\u2018\u2019]$/;

/** Why such a text is no destination: the end of a sentence that begins with it, and the line that was meant. */
export function destinationSlip(text: string): string | undefined {
  if (text.length > MAX_TEXT) return undefined;
  if (MISSING.test(text)) {
    return "is what a program writes for a value that is missing; leave the destination out where there is none.";
  }
  if (/%[0-9a-f]{2}/i.test(text)) {
    return `is percent-encoded twice; once is enough.${lineFor(decoded(text))}`;
  }
  const quoted = QUOTES.exec(text)?.[1];
  if (quoted !== undefined) return `stands in quotes, which do not belong to it.${lineFor(quoted)}`;
  const uri = URI.exec(text)?.[1];
  if (uri !== undefined) return `is an address; only the number is wanted.${lineFor(uri)}`;
  const number = EXTENSION.exec(text)?.[1];
  // Two internal numbers are two numbers (number-slips.ts), and no number with an extension.
  if (number !== undefined && number.replace(/\D/g, "").length > 6) {
    return `has an extension behind the number, which nobody would dial.${lineFor(number)}`;
  }
  return undefined;
}

function decoded(text: string): string {
  let plain = text;
  for (let count = 0; count < 3; count += 1) {
    plain = plain.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return plain;
}

function lineFor(text: string): string {
  const number = text.trim();
  return NUMBER.test(number) ? ` Correct would be: \`destination=${encodeValue(number)}\`.` : "";
}

/** The number without what nobody sees, every script's blanks and dashes as ours. */
export function seenNumber(text: string): string {
  // Nearly every number is ASCII.
  if (/^[\0-\x7f]*$/.test(text)) return text;
  return text
    .replace(/\p{Cf}/gu, "")
    .replace(/\p{Zs}/gu, " ")
    .replace(/\p{Pd}|\u2212/gu, "-");
}

/** The first character that is in no number, where a person would take it for one: its name as Unicode has it. */
export function strangeCharacter(text: string): string | undefined {
  const found = /[^\0-\x9f]/u.exec(text)?.[0];
  if (found === undefined) return undefined;
  return `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** An internal number that is one digit away: left out, doubled, mistyped or swapped. At most some 150 looks. */
export function nearExtension(written: string, isKnown: (extension: string) => boolean): string | undefined {
  if (!/^\d{2,6}$/.test(written)) return undefined;
  const digits = "0123456789";
  for (let at = 0; at <= written.length; at += 1) {
    const [before, after] = [written.slice(0, at), written.slice(at)];
    const candidates = [
      ...(after.length > 1 ? [before + after[1] + after[0] + after.slice(2)] : []),
      ...(after === "" ? [] : [...digits].map((digit) => before + digit + after.slice(1))),
      ...(after === "" ? [] : [before + after.slice(1)]),
      ...[...digits].map((digit) => before + digit + after),
    ];
    const found = candidates.find((one) => one !== written && isKnown(one));
    if (found !== undefined) return found;
  }
  return undefined;
}
