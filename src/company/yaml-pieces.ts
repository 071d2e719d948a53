import { err, ok, type Result } from "../lib/result.ts";

// A large company file is read thing by thing: a phone, a plan. So it never lies in memory as the tree that the yaml library
// makes of it, a hundred times its size, and most things need no library at all (simple-yaml.ts).

/** A part of the text that is YAML by itself. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Lines before it. */
  readonly line: number;
}

/** A key at the left edge, and what stands below it. */
export interface Section {
  readonly key: string;
  /** From the key to its end. */
  readonly whole: Piece;
  /** The items of its list; undefined: its value is no list, or stands in the line of the key. */
  readonly items: readonly Piece[] | undefined;
}

const SECTION = /^([A-Za-z][\w-]*):(?: *(?:#.*)?)$|^([A-Za-z][\w-]*): +\S/;

/**
 * Takes a text apart by its lines: in a block map at the left edge each key begins a section, and in a section that is a list
 * each item begins where the first one did, for what belongs to an item stands deeper (YAML 1.2 §8.2). An error is the line,
 * from 1, that is written otherwise.
 */
export function sectionsOf(text: string): Result<readonly Section[], number> {
  const sections: Section[] = [];
  let open: OpenSection | undefined;
  let line = 0;
  for (let at = 0; at < text.length; line += 1) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found + 1;
    const first = indentEnd(text, at);
    const character = text.charAt(first);
    if (character !== "\n" && character !== "\r" && character !== "#" && first < end) {
      const isItem = character === "-" && ["", " ", "\r", "\n"].includes(text.charAt(first + 1));
      if (first === at && !isItem) {
        const [, empty, filled] = SECTION.exec(text.slice(at, end).trimEnd()) ?? [];
        const key = empty ?? filled;
        if (key === undefined) return err(line + 1);
        if (open !== undefined) sections.push(closed(open, at));
        open = { key, from: at, line, items: [], indent: filled === undefined ? undefined : Number.NaN };
      } else if (open === undefined) return err(line + 1);
      else if (open.indent === undefined) {
        open.indent = isItem ? first - at : Number.NaN;
        if (isItem) open.items.push({ from: at, line });
      } else if (isItem && first - at === open.indent) open.items.push({ from: at, line });
    }
    at = end;
  }
  if (open !== undefined) sections.push(closed(open, text.length));
  return ok(sections);
}

interface OpenSection {
  readonly key: string;
  readonly from: number;
  readonly line: number;
  readonly items: { readonly from: number; readonly line: number }[];
  /** Of its items; NaN: it is no list. */
  indent: number | undefined;
}

function closed({ key, from, line, items }: OpenSection, to: number): Section {
  const pieces = items.map((item, at) => ({ ...item, to: items[at + 1]?.from ?? to }));
  return { key, whole: { from, to, line }, items: pieces.length === 0 ? undefined : pieces };
}

function indentEnd(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20) at += 1;
  return at;
}
