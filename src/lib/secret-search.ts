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
/** The table's size as a power of two. */
const FEWEST_BITS = 12;
const MOST_BITS = 22;

/** Compiles needles of `SHORTEST_NEEDLE` units or more; shorter ones are left out. Memory: some 100 bytes a needle. */
export function createSearch(needles: Iterable<string>): Search {
  const index = new NeedleIndex();
  for (const needle of needles) index.add(needle);
  return index.search;
}

/** Needles that come and go: each costs what it is long, however many there are. One that was added twice goes when both went. */
export class NeedleIndex {
  /** The needles that begin so, the longest first: as many as there are where all passwords are made alike. */
  readonly #byBeginning = new Map<string, string[]>();
  /** How often each was added. */
  readonly #times = new Map<string, number>();
  #bits = FEWEST_BITS;
  /** How far the window may move. A needle that went leaves its blocks as they are: they only keep the window slower. */
  #shifts = new Uint8Array(2 ** FEWEST_BITS).fill(FARTHEST);

  add(text: string): void {
    if (text.length < SHORTEST_NEEDLE) return;
    const known = this.#times.get(text);
    this.#times.set(text, (known ?? 0) + 1);
    if (known !== undefined) return;
    const beginning = text.slice(0, SHORTEST_NEEDLE);
    const sharing = this.#byBeginning.get(beginning);
    if (sharing === undefined) this.#byBeginning.set(beginning, [text]);
    else sharing.splice(placeIn(sharing, text.length), 0, text);
    if (this.#times.size * ROOM > this.#shifts.length && this.#bits < MOST_BITS) this.#grow();
    else this.#mark(text);
  }

  remove(text: string): void {
    const times = this.#times.get(text);
    if (times === undefined) return;
    if (times > 1) {
      this.#times.set(text, times - 1);
      return;
    }
    this.#times.delete(text);
    const beginning = text.slice(0, SHORTEST_NEEDLE);
    const sharing = this.#byBeginning.get(beginning) ?? [];
    if (sharing.length === 1) this.#byBeginning.delete(beginning);
    else sharing.splice(sharing.indexOf(text), 1);
  }

  readonly search: Search = (text, from) => {
    const [shifts, bits] = [this.#shifts, this.#bits];
    for (let at = from; at + SHORTEST_NEEDLE <= text.length; ) {
      const shift = shifts[blockAt(text, at + SHORTEST_NEEDLE - BLOCK, bits)] ?? 0;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const found = this.#byBeginning
        .get(text.slice(at, at + SHORTEST_NEEDLE))
        ?.find((needle) => text.startsWith(needle, at));
      if (found !== undefined) return { start: at, end: at + found.length };
      at += 1;
    }
    return undefined;
  };

  /** Whether octets hold a needle, each octet a character: a text of them need not be made. */
  isIn(octets: Uint8Array): boolean {
    const [shifts, bits, last] = [this.#shifts, this.#bits, octets.length - SHORTEST_NEEDLE];
    for (let at = 0; at <= last; ) {
      const shift = shifts[octetsAt(octets, at + SHORTEST_NEEDLE - BLOCK, bits)] ?? 0;
      if (shift === 0 && this.#beginsAt(octets, at)) return true;
      at += shift === 0 ? 1 : shift;
    }
    return false;
  }

  #beginsAt(octets: Uint8Array, at: number): boolean {
    const beginning = String.fromCharCode(...octets.subarray(at, at + SHORTEST_NEEDLE));
    const sharing = this.#byBeginning.get(beginning) ?? [];
    return sharing.some((text) => {
      for (let index = SHORTEST_NEEDLE; index < text.length; index += 1)
        if (octets[at + index] !== text.charCodeAt(index)) return false;
      return true;
    });
  }

  /** Four times the room, so that it happens seldom: all blocks are marked anew. */
  #grow(): void {
    this.#bits = Math.min(MOST_BITS, this.#bits + 2);
    this.#shifts = new Uint8Array(2 ** this.#bits).fill(FARTHEST);
    for (const text of this.#times.keys()) this.#mark(text);
  }

  #mark(text: string): void {
    for (let at = 0; at < FARTHEST; at += 1) {
      const block = blockAt(text, at, this.#bits);
      this.#shifts[block] = Math.min(this.#shifts[block] ?? 0, FARTHEST - 1 - at);
    }
  }
}

/** Where one of this length goes among needles of which the longest is first. */
function placeIn(needles: readonly string[], length: number): number {
  let [from, to] = [0, needles.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((needles[middle]?.length ?? 0) >= length) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Three units as a place in a table of 2^bits. */
function blockAt(text: string, at: number, bits: number): number {
  const three = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 8) ^ (text.charCodeAt(at + 2) << 16);
  return Math.imul(three, 0x9e3779b1) >>> (32 - bits);
}

/** The same of octets. */
function octetsAt(octets: Uint8Array, at: number, bits: number): number {
  const three = (octets[at] ?? 0) ^ ((octets[at + 1] ?? 0) << 8) ^ ((octets[at + 2] ?? 0) << 16);
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
