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

/** The same of what lies below: `fetch failed` says nothing, its cause does. */
export function causeOf(error: unknown): string {
  return reasonOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

/** Whether it is that the disk is full, as the system and SQLite say it. */
export function isDiskFull(error: unknown): boolean {
  return /disk is full|ENOSPC|no space left/i.test(reasonOf(error));
}

const NO_PORT: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program has this port; switchhook doctor says how to find it",
  EADDRNOTAVAIL: "this machine has no such address; switchhook doctor says which it has",
  EACCES: "ports below 1024 are root's",
};

/** Why a port cannot be listened on, as the end of a sentence; undefined: it is something else. */
export function whyNoPort(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return Object.hasOwn(NO_PORT, code) ? `${NO_PORT[code]} (${code})` : undefined;
}
