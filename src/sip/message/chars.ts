/** Character codes and classes of RFC 3261 §25.1. A code above 127 is in none of the classes. */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const NUL = 0x00;
export const SP = 0x20;
export const QUOTE = 0x22;
export const PERCENT = 0x25;
export const COMMA = 0x2c;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const BACKSLASH = 0x5c;

const ALPHANUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A class as a table over char codes: 1 for a member. */
export function charClass(members: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const member of members) table[member.charCodeAt(0)] = 1;
  return table;
}

/** Whether the class holds the code. */
export function isMember(table: Uint8Array, code: number): boolean {
  return code < 128 && table[code] === 1;
}

export const TOKEN = charClass(`${ALPHANUM}-.!%*_+\`'~`);
export const UNRESERVED = charClass(`${ALPHANUM}-_.!~*'()`);
const HEX = charClass("0123456789abcdefABCDEF");

/** Whether the code is a SP or HTAB. */
export function isBlank(code: number): boolean {
  return code === SP || code === TAB;
}

/** Whether the code is a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether the code is a hexadecimal digit. */
export function isHex(code: number): boolean {
  return isMember(HEX, code);
}

/** The first position at or after `at` that is no SP or HTAB. */
export function skipBlanks(text: string, at: number): number {
  let here = at;
  while (here < text.length && isBlank(text.charCodeAt(here))) here++;
  return here;
}

/** The first position at or after `at` that is no token character. */
export function skipToken(text: string, at: number): number {
  let here = at;
  while (here < text.length && isMember(TOKEN, text.charCodeAt(here))) here++;
  return here;
}

/** Whether the text is a non-empty token. */
export function isToken(text: string): boolean {
  return text.length > 0 && skipToken(text, 0) === text.length;
}

/** The slice without SP and HTAB at its ends. */
export function sliceTrimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Whether every character is in the ASCII range. */
export function isAsciiText(text: string): boolean {
  return Buffer.byteLength(text, "utf8") === text.length;
}

/** A non-negative decimal number without sign, or undefined when it is not one or exceeds `max`. Linear, and never inexact. */
export function decimal(text: string, max: number): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return undefined;
    value = value * 10 + (code - 0x30);
    if (value > max) return undefined;
  }
  return value;
}
