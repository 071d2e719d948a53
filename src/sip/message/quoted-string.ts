import { BACKSLASH, QUOTE } from "./chars.ts";

/** The position after the quoted-string that starts at `at`, or -1 when it never closes (RFC 3261 §25.1). */
export function skipQuoted(text: string, at: number): number {
  for (let here = at + 1; here < text.length; here++) {
    const code = text.charCodeAt(here);
    if (code === QUOTE) return here + 1;
    if (code === BACKSLASH) here++;
  }
  return -1;
}

/** The text inside a quoted-string, its quoted-pairs resolved; a text that is not quoted comes back as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== QUOTE || text.charCodeAt(text.length - 1) !== QUOTE)
    return text;
  const inner = text.slice(1, -1);
  if (!inner.includes("\\")) return inner;
  let plain = "";
  let copied = 0;
  for (let at = inner.indexOf("\\"); at >= 0 && at + 1 < inner.length; at = inner.indexOf("\\", at + 2)) {
    plain += inner.slice(copied, at);
    copied = at + 1;
  }
  return plain + inner.slice(copied);
}

/**
 * The text as a quoted-string. Control characters are dropped, for they would end the header line or hide in
 * it; `"` and `\` are escaped (RFC 3261 §25.1).
 */
export function quote(text: string): string {
  let quoted = '"';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === BACKSLASH) {
      quoted += `${text.slice(copied, at)}\\`;
      copied = at;
    } else if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) {
      quoted += text.slice(copied, at);
      copied = at + 1;
    }
  }
  return `${quoted}${text.slice(copied)}"`;
}
