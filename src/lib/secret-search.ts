// Looks for many texts at once, by the shift table of Wu and Manber ("A fast algorithm for multi-pattern searching",
// 1994): where few of a text's three-character blocks occur in any needle, most of the text is skipped over.

/** Where a needle was found. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** The first needle in a text from a place on; of several that begin there the longest. */
export type Search = (text: string, from: number) => Found | undefined;

/** Shortest needle, in UTF-16 units: the window that moves over the text. */
export const SHORTEST_NEEDLE = 8;
const BLOCK = 3;
/** How far the window moves over a block that no needle has. */
const FARTHEST = SHORTEST_NEEDLE - BLOCK + 1;
/** Blocks of the table a needle, so that most of it stays free. */
const ROOM = 64;

/** Compiles needles of `SHORTEST_NEEDLE` units or more; shorter ones are left out. Memory: some 100 bytes a needle. */
export function createSearch(needles: Iterable<string>): Search {
  const byBeginning = new Map<string, string[]>();
  const known = [...new Set(needles)].filter((needle) => needle.length >= SHORTEST_NEEDLE);
  const bits = Math.min(22, Math.max(12, Math.ceil(Math.log2(known.length * ROOM + 1))));
  const shifts = new Uint8Array(2 ** bits).fill(FARTHEST);
  for (const needle of known) {
    const beginning = needle.slice(0, SHORTEST_NEEDLE);
    const others = byBeginning.get(beginning);
    if (others === undefined) byBeginning.set(beginning, [needle]);
    else others.push(needle);
    for (let at = 0; at < FARTHEST; at += 1) {
      const block = blockAt(needle, at, bits);
      shifts[block] = Math.min(shifts[block] ?? 0, FARTHEST - 1 - at);
    }
  }
  for (const sharing of byBeginning.values()) sharing.sort((one, other) => other.length - one.length);
  return (text, from) => {
    for (let at = from; at + SHORTEST_NEEDLE <= text.length; ) {
      const shift = shifts[blockAt(text, at + SHORTEST_NEEDLE - BLOCK, bits)] ?? 0;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const found = byBeginning
        .get(text.slice(at, at + SHORTEST_NEEDLE))
        ?.find((needle) => text.startsWith(needle, at));
      if (found !== undefined) return { start: at, end: at + found.length };
      at += 1;
    }
    return undefined;
  };
}

/** Three units as a place in a table of 2^bits. */
function blockAt(text: string, at: number, bits: number): number {
  const three = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 8) ^ (text.charCodeAt(at + 2) << 16);
  return Math.imul(three, 0x9e3779b1) >>> (32 - bits);
}

/** The text with every needle replaced; the very same where there is none. */
export function replaceFound(text: string, search: Search, replacement: (found: string) => string): string {
  let replaced = "";
  let at = 0;
  for (let found = search(text, 0); found !== undefined; found = search(text, at)) {
    replaced += text.slice(at, found.start) + replacement(text.slice(found.start, found.end));
    at = found.end;
  }
  return at === 0 ? text : replaced + text.slice(at);
}
