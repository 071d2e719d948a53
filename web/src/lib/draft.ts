import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { settled } from "./attempt.ts";
import { same } from "./merge.ts";

// What is typed and not saved yet stays over a reload: in the tab's own storage, which ends with the tab, and without what is secret.

const PREFIX = "switchhook.draft.";

interface Kept<Document> {
  readonly revision: number;
  /** What was saved when the typing began. */
  readonly before: Document;
  readonly document: Document;
}

function read<Document>(key: string): Kept<Document> | undefined {
  try {
    const text = sessionStorage.getItem(PREFIX + key);
    return text === null ? undefined : (JSON.parse(text) as Kept<Document>);
  } catch {
    return undefined;
  }
}

function write(key: string, kept: Kept<unknown> | undefined): void {
  try {
    if (kept === undefined) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(kept));
  } catch {
    // No room, or a browser that keeps nothing: the page works all the same.
  }
}

export interface Draft<Document> {
  readonly document: Document;
  /** It differs from what is saved. */
  readonly isChanged: boolean;
  /** It was typed before the page was loaded again. */
  readonly isRestored: boolean;
  /** What was saved when the typing began, and its revision. */
  readonly before: Document;
  readonly revision: number;
  readonly change: (part: Partial<Document>) => void;
  readonly set: (document: Document) => void;
  /** Back to what is saved. */
  readonly drop: () => void;
  /** It is saved: this is what is there now. What was typed since this stood in the form stays. */
  readonly settle: (document: Document, revision: number, typed?: Document) => void;
}

/**
 * A document being edited. `key` names it in the browser's storage; `saved` and `revision` are what the server has.
 * `forget` takes out what shall not be stored, passwords above all.
 */
export function useDraft<Document extends object>(
  key: string,
  saved: Document,
  revision: number,
  forget: (document: Document) => Document = (document) => document,
): Draft<Document> {
  const [first] = useState(() => read<Document>(key));
  const [base, setBase] = useState(() => ({
    document: first?.before ?? saved,
    revision: first?.revision ?? revision,
  }));
  const [document, setDocument] = useState<Document>(first?.document ?? saved);
  const without = useEffectEvent(forget);
  const isChanged = !same(document, base.document);

  // Somebody else's change is taken over where nothing was typed.
  if (!isChanged && base.revision !== revision) {
    setBase({ document: saved, revision });
    setDocument(saved);
  }

  useEffect(() => {
    const kept = { revision: base.revision, before: without(base.document), document: without(document) };
    write(key, isChanged ? kept : undefined);
  }, [key, document, isChanged, base]);

  const change = useCallback((part: Partial<Document>) => setDocument((was) => ({ ...was, ...part })), []);
  const drop = useCallback(() => {
    setBase({ document: saved, revision });
    setDocument(saved);
  }, [saved, revision]);
  const settle = useCallback((saved: Document, at: number, typed?: Document) => {
    setBase({ document: saved, revision: at });
    setDocument((now) => (typed === undefined ? saved : settled(typed, saved, now)));
  }, []);
  return {
    document,
    isChanged,
    isRestored: first !== undefined && isChanged,
    before: base.document,
    revision: base.revision,
    change,
    set: setDocument,
    drop,
    settle,
  };
}
