/** C0 and C1 controls, marks that reorder or hide text, and lone surrogates. */
const HAZARD = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\p{Cs}]/gu;

/**
 * Text from outside made safe for a terminal or a log line: what could move the cursor, colour the screen, start
 * a new line or turn the reading order round is shown as an escape (`\x1b`, `\u{202e}`). Idempotent.
 */
export function printable(text: string): string {
  return text.replaceAll(HAZARD, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
