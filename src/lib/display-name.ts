declare const clean: unique symbol;

/** A name that is fit to be shown: only `cleanDisplayName` makes one. */
export type DisplayName = string & { readonly [clean]: true };

/** Nobody has a name. */
export const NO_NAME = "" as DisplayName;

/** Longest name that is shown, in code points. */
export const MAX_DISPLAY_NAME = 64;

/** Printable ASCII, single spaces inside: nothing to clean, which is nearly every name. */
const CLEAN = /^[!-~](?: ?[!-~])*$/;

/**
 * Makes a text from outside safe and fit to be shown as a name: control characters (CR, LF and NUL included),
 * bidirectional and invisible marks, lone surrogates and non-characters are removed, white space (TAB included)
 * is collapsed to single spaces and trimmed, and the rest is cut to 64 code points. Idempotent. Quoting as a SIP
 * display name (RFC 3261 §25.1) is the serialiser's business.
 */
export function cleanDisplayName(text: string): DisplayName {
  if (text.length <= MAX_DISPLAY_NAME && CLEAN.test(text)) return text as DisplayName;
  let name = "";
  let length = 0;
  let space = false;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (isSpace(code)) {
      space = true;
    } else if (!isRemoved(code)) {
      if (space && length > 0) {
        name += " ";
        length += 1;
      }
      space = false;
      if (length >= MAX_DISPLAY_NAME) break;
      name += character;
      length += 1;
    }
  }
  return name.trimEnd() as DisplayName;
}

function isSpace(code: number): boolean {
  return (
    code === 0x20 ||
    code === 0x09 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** What may not stand in a name. ZWJ and ZWNJ stay: scripts and emoji need them. */
function isRemoved(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true; // C0, DEL, C1
  if (code === 0xad) return true; // soft hyphen
  if (code < 0x061c) return false;
  return (
    code === 0x061c || // Arabic letter mark
    code === 0x200b || // zero-width space
    (code >= 0x200e && code <= 0x200f) || // LRM, RLM
    (code >= 0x202a && code <= 0x202e) || // bidi embeddings and overrides
    code === 0x2060 || // word joiner
    (code >= 0x2066 && code <= 0x2069) || // bidi isolates
    (code >= 0xd800 && code <= 0xdfff) || // lone surrogates (pairs arrive as one code point)
    code === 0xfeff || // byte-order mark
    (code & 0xfffe) === 0xfffe || // non-characters U+xxFFFE, U+xxFFFF
    (code >= 0xfdd0 && code <= 0xfdef)
  );
}
