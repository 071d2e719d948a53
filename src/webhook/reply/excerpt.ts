import { digitForms, MASK } from "../../lib/masker.ts";
import { decodeBytes, textOf } from "./text.ts";

/** Longest excerpt of a body, in characters. */
export const MAX_EXCERPT = 512;
const LONG_CODE = 4;
const PRINTABLE = /^[ -~]*$/;

/** The beginning of a body for the story of a call: printable, the typed code masked, at most 512 characters. */
export function excerptOf(body: Uint8Array, code: string): string {
  // Some more than is kept, so that a code across the cut is still seen whole; a cut character is dropped below.
  const bytes = textOf(body.subarray(0, 4 * MAX_EXCERPT));
  const text = PRINTABLE.test(bytes) ? bytes : printable(decodeBytes(bytes));
  const masked = maskCode(text, code);
  return masked.length <= MAX_EXCERPT ? masked : masked.slice(0, MAX_EXCERPT).toWellFormed();
}

/**
 * Masks the digits that a caller typed, wherever a text repeats them, from 4 digits on also in base64, hexadecimal,
 * percent- and HTML-encoded. A shorter code is masked only as a whole run of digits, or a code `1` would blot out every
 * number.
 */
export function maskCode(text: string, code: string): string {
  if (code === "") return text;
  const isShort = code.length < LONG_CODE;
  let masked = text;
  if (!isShort) {
    for (const form of digitForms(code)) if (masked.includes(form)) masked = masked.replaceAll(form, MASK);
  }
  if (!masked.includes(code)) return masked;
  if (!isShort || !/^\d+$/.test(code)) return masked.replaceAll(code, MASK);
  return masked.replace(/\d+/g, (digits) => (digits === code ? MASK : digits));
}

function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
}
