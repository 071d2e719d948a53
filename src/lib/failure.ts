/** A union with one failure for each code of a table of details: `{ refused: { host } }` gives `{ code: "refused", host }`. */
export type FailureOf<Details> = {
  readonly [Code in keyof Details]: { readonly code: Code } & Details[Code];
}[keyof Details];

/** A registry: one sentence a code. */
export type SentencesOf<Details> = { readonly [Code in keyof Details]: (details: Details[Code]) => string };

const MAX_SHOWN = 60;
/** Nothing to be replaced, which is nearly every text. */
const PRINTABLE = /^[ -~]*$/;

/** Text from outside within a sentence: short, and without control characters. */
export function visible(text: string): string {
  if (text.length <= MAX_SHOWN && PRINTABLE.test(text)) return text;
  const clean = text.slice(0, MAX_SHOWN).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " ");
  return text.length > MAX_SHOWN ? `${clean}…` : clean;
}

/** `1.5 seconds`. */
export function inSeconds(ms: number): string {
  return ms === 1000 ? "1 second" : `${Math.round(ms / 100) / 10} seconds`;
}

/** What went wrong, as the end of a sentence that puts its own full stop. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
