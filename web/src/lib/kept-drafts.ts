import type { Kept } from "./attempt.ts";

// What is typed and not saved yet stays over a reload: in the tab's own storage, which ends with the tab, without what is secret, and for
// who typed it alone. It would be saved as whoever is signed in: of somebody else nobody has it.

const placeOf = (key: string, user: string): string => `switchhook.draft.${key}.${user}`;

/** What `user` typed into the form of this name and did not save; undefined: nothing, or nobody is known. */
export function keptDraft<Document>(key: string, user: string | undefined): Kept<Document> | undefined {
  if (user === undefined) return undefined;
  try {
    const text = sessionStorage.getItem(placeOf(key, user));
    return text === null ? undefined : (JSON.parse(text) as Kept<Document>);
  } catch {
    return undefined;
  }
}

/** Keeps it; undefined forgets it. */
export function keepDraft(key: string, user: string | undefined, draft: Kept<unknown> | undefined): void {
  if (user === undefined) return;
  try {
    if (draft === undefined) sessionStorage.removeItem(placeOf(key, user));
    else sessionStorage.setItem(placeOf(key, user), JSON.stringify(draft));
  } catch {
    // No room, or a browser that keeps nothing: the page works all the same.
  }
}
