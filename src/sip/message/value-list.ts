import { COMMA, GREATER, LESS, QUOTE, sliceTrimmed } from "./chars.ts";
import { skipQuoted } from "./quoted-string.ts";

/**
 * The end of the value that starts at `from` in a comma-separated list: the position of its comma, or the
 * end of the text. Commas in quoted strings and between angle brackets do not count (RFC 3261 §7.3.1).
 */
export function endOfValue(text: string, from: number): number {
  let angle = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COMMA && !angle) return at;
    if (code === QUOTE && !angle) {
      const end = skipQuoted(text, at);
      if (end < 0) return text.length;
      at = end - 1;
    } else if (code === LESS) angle = true;
    else if (code === GREATER) angle = false;
  }
  return text.length;
}

/** Adds the values of one header line to `values`; an empty place between commas is an empty value. */
export function splitValues(text: string, values: string[]): void {
  if (!text.includes(",")) {
    values.push(text);
    return;
  }
  let at = 0;
  for (;;) {
    const end = endOfValue(text, at);
    values.push(sliceTrimmed(text, at, end));
    if (end >= text.length) return;
    at = end + 1;
  }
}
