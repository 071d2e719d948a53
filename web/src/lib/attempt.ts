import { type Clash, merge, same } from "./merge.ts";

// What is sent when a form is saved, and what of the form is left when it is: pure, so that it can be tried out.

/** One try to save a document. */
export interface Attempt<Document> {
  /** What is sent: what was typed, or that with somebody else's changes in it. */
  readonly document: Document;
  /** What it stands in place of, and its revision. */
  readonly base: Document;
  readonly revision: number;
  /** What stood in the form: what was typed later is what differs from this, and not from what was sent. */
  readonly typed: Document;
}

/** The next try after somebody else saved `current`: all differences of both, and where they clash those of the form. */
export function afterStale<Document>(
  attempt: Attempt<Document>,
  current: { readonly document: Document; readonly revision: number },
): { readonly attempt: Attempt<Document>; readonly clashes: readonly Clash[] } {
  const { document, clashes } = merge(attempt.base, current.document, attempt.document);
  const { revision } = current;
  return { attempt: { document, base: current.document, revision, typed: attempt.typed }, clashes };
}

/** What stands in a form when `saved` is there: that, with what was typed since `typed` was sent. */
export function settled<Document>(typed: Document, saved: Document, now: Document): Document {
  return merge(typed, saved, now).document;
}

/** What is typed and not saved, as the tab keeps it. */
export interface Kept<Document> {
  readonly revision: number;
  /** What was saved when the typing began. */
  readonly before: Document;
  readonly document: Document;
}

/** What the tab still has to keep when `saved` is there, also where the form is gone; all of it without what is secret. */
export function leftOf<Document>(
  kept: Kept<Document> | undefined,
  typed: Document,
  { document: saved, revision }: { readonly document: Document; readonly revision: number },
): Kept<Document> | undefined {
  if (kept === undefined) return undefined;
  const document = settled(typed, saved, kept.document);
  return same(document, saved) ? undefined : { revision, before: saved, document };
}
