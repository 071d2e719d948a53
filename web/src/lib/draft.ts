import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { leftOf, settled } from "./attempt.ts";
import { keepDraft, keptDraft } from "./kept-drafts.ts";
import { same } from "./merge.ts";
import { useUser } from "./session.ts";

interface Saved<Document> {
  readonly document: Document;
  readonly revision: number;
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
  /** This is what is there now. */
  readonly take: (document: Document, revision: number) => void;
  /**
   * It is saved, also where the form is gone by now. What was typed since `typed` stood in the form stays: here, or where the thing was
   * new, under the name that it has now.
   */
  readonly settle: (saved: Saved<Document>, typed: Document, moved?: string) => void;
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
  const signedIn = useUser();
  // Whoever opened the form has typed it, also where the session has ended by now.
  const [user] = useState(signedIn);
  const [first] = useState(() => keptDraft<Document>(key, user));
  const [base, setBase] = useState(() => ({
    document: first?.before ?? saved,
    revision: first?.revision ?? revision,
  }));
  const [document, setDocument] = useState<Document>(first?.document ?? saved);
  const [isRestored, setRestored] = useState(first !== undefined);
  const without = useEffectEvent(forget);
  const isChanged = !same(document, base.document);

  // Of what was typed before the reload nothing is left: what is typed next is new.
  if (isRestored && !isChanged) setRestored(false);
  // Somebody else's change is taken over where nothing was typed.
  if (!isChanged && base.revision !== revision) {
    setBase({ document: saved, revision });
    setDocument(saved);
  }

  useEffect(() => {
    const kept = { revision: base.revision, before: without(base.document), document: without(document) };
    keepDraft(key, user, isChanged ? kept : undefined);
  }, [key, user, document, isChanged, base]);

  const change = useCallback((part: Partial<Document>) => setDocument((was) => ({ ...was, ...part })), []);
  const take = useCallback((now: Document, at: number) => {
    setBase({ document: now, revision: at });
    setDocument(now);
  }, []);
  const drop = useCallback(() => {
    keepDraft(key, user, undefined);
    take(saved, revision);
  }, [key, user, take, saved, revision]);
  const settle = ({ document: now, revision: at }: Saved<Document>, typed: Document, moved = key): void => {
    const kept = keptDraft<Document>(key, user);
    const left = leftOf(kept, forget(typed), { document: forget(now), revision: at });
    keepDraft(key, user, undefined);
    keepDraft(moved, user, left);
    setRestored(false);
    setBase({ document: now, revision: at });
    setDocument((standing) => (moved === key ? settled(typed, now, standing) : now));
  };
  return {
    document,
    isChanged,
    isRestored: isRestored && isChanged,
    before: base.document,
    revision: base.revision,
    change,
    set: setDocument,
    drop,
    take,
    settle,
  };
}
