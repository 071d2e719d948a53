import { cleanDisplayName } from "../lib/display-name.ts";

/** A text from outside as it may stand in a sentence: clean, at most 64 characters, in quotes. */
export function quoteText(text: string): string {
  return `"${cleanDisplayName(text)}"`;
}
