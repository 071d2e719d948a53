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

/**
 * Text that has its own way to escape (JSON, a YAML string in double quotes) made as safe: what is no line end becomes
 * `\\uXXXX`, which is the same value to who reads it.
 */
export function escapeUnicode(text: string): string {
  return text.replaceAll(HAZARD, (character) => {
    if (character === "\n") return character;
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}

/** True for text that `printable` shows otherwise. */
export function hasHazard(text: string): boolean {
  return text.search(HAZARD) >= 0;
}

/** A value as JSON that is safe on a terminal too, indented by two blanks: nothing of it is lost. */
export function printableJson(value: unknown): string {
  // In JSON every character of HAZARD stands inside a string, but for the line ends of the indenting.
  return escapeUnicode(JSON.stringify(value, undefined, 2));
}
