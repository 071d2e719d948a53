/** What a person may have meant, for a machine to put in place. */
export interface Suggestion {
  /** Whether it takes the place of a value, or of the name of its key. */
  readonly replace: "value" | "key";
  readonly with: string;
}

const MAX_LENGTH = 64;

/** Edit distance by single insertions, deletions, replacements and swaps of neighbours; linear memory. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** What people write for a word that is no slip of it, in small letters, and what is meant where there is such a word. */
const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map([
  ["url", ["urlTemplate"]],
  ["uri", ["urlTemplate", "hosts"]],
  ["link", ["urlTemplate"]],
  ["prefix", ["prepend", "text"]],
  ["before", ["prepend"]],
  ["instead", ["replace"]],
  ["timezone", ["timeZone"]],
  ["tz", ["timeZone"]],
  ["pass", ["password"]],
  ["secret", ["password"]],
  ["pin", ["ivr", "codeLength"]],
  ["ext", ["extension"]],
  ["id", ["extension", "name"]],
  ["label", ["name"]],
  ["title", ["name"]],
  ["timeout", ["timeoutSeconds", "ringSeconds"]],
  ["ring", ["ringSeconds"]],
  ["duration", ["ringSeconds"]],
  ["phones", ["members"]],
  ["users", ["members"]],
  ["server", ["hosts"]],
  ["host", ["hosts"]],
  ["to", ["number", "phone"]],
  ["destination", ["number", "phone"]],
  ["audio", ["message"]],
  ["sound", ["message", "file"]],
  ["play", ["audio"]],
  ["dial", ["phone", "fixedDestination"]],
]);

/**
 * The known word that somebody probably meant, or undefined when none is near: at most one edit for every
 * three letters, capitals ignored. Words over 64 characters are never matched.
 */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const all = new Set(known);
  return SYNONYMS.get(word.toLowerCase())?.find((one) => all.has(one)) ?? nearest(word, all);
}

function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let limit = Math.max(1, Math.floor(word.length / 3)) + 1;
  let found: string | undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= limit || candidate.length > MAX_LENGTH) continue;
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits < limit) {
      limit = edits;
      found = candidate;
    }
  }
  return found;
}
