/** A password that was just set, and the revision of its phone that is known to have it. */
interface Shown {
  readonly password: string;
  readonly revision: number;
}

/** By the phone's id, until its page is left: in memory and nowhere else. */
const shown = new Map<string, Shown>();

/** Shows the password that a phone has since this revision. */
export function showOnce(id: string, password: string, revision: number): void {
  shown.set(id, { password, revision });
}

/** What a phone's page shows; nothing where somebody else wrote the phone since, and may have set another password. */
export function shownPassword(id: string, revision: number): string | undefined {
  const one = shown.get(id);
  return one === undefined || revision > one.revision ? undefined : one.password;
}

/** This page has written something else of the phone: where nobody came between, the password is the same. */
export function stillShown(id: string, revision: number): void {
  const one = shown.get(id);
  if (one !== undefined && revision === one.revision + 1) shown.set(id, { ...one, revision });
}

/** The page has been left. */
export function hidePassword(id: string): void {
  shown.delete(id);
}
