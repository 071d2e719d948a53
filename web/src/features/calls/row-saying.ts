/** Sentences of the page's own: `words` has each in every language (sayings.ts). */
export type RowKey =
  | "cameIn"
  | "planTakes"
  | "ownCall"
  | "asksForCode"
  | "typed"
  | "typedHash"
  | "pressed"
  | "successBranch"
  | "failedBranch"
  | "ring"
  | "calls"
  | "shows"
  | "showsNothing"
  | "ringing"
  | "earlyMedia"
  | "refused"
  | "cancelled"
  | "redirected"
  | "failed"
  | "unreachable"
  | "answers"
  | "answeredToAsk"
  | "asked"
  | "plays"
  | "played.end"
  | "played.key"
  | "played.hangup"
  | "played.replaced"
  | "played.failed"
  | "callerHungUp"
  | "calledHungUp"
  | "told"
  | "says"
  | "isSaid";

/** Milliseconds are written as the language has them. */
export type RowValues = Readonly<Record<string, string | number | { readonly ms: number }>>;

/** A sentence of ours by its key, or one that the record itself says. */
export type RowSaying = { readonly key: RowKey; readonly values: RowValues } | { readonly text: string };
