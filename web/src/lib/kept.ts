// What this browser remembers between visits: never anything that is secret.

const PREFIX = "switchhook.";

/** What was kept under this name; undefined where nothing was, or where the browser keeps nothing. */
export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The names that begin so under which something is kept. */
export function keptNames(start: string): readonly string[] {
  try {
    const names = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "");
    return names.filter((name) => name.startsWith(PREFIX + start)).map((name) => name.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** Keeps a text; undefined forgets it. A browser that has no room keeps nothing, and the page works all the same. */
export function keep(name: string, text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    // Private windows and full disks.
  }
}
