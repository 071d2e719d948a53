import type { CST, Document, Node } from "yaml";
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from "yaml";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { DocumentPath } from "../model/problem.ts";
import { readSimpleYaml } from "./simple-yaml.ts";
import { type Piece, type Section, sectionsOf } from "./yaml-pieces.ts";

/** Limits of a company file; all are checked before anything is built from it. 2,000 plans of 100 steps take some 12 MiB. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** What the yaml library may read as one: its tree takes a hundred times as much. */
const MAX_WHOLE_BYTES = 4 * 1024 * 1024;
/** From here on a text is read piece by piece. */
const PIECES_FROM_BYTES = 128 * 1024;
/** Brackets, lists and keys inside each other: a plan nested 32 deep needs about 140. */
const MAX_DEPTH = 400;
/** Values that aliases may make of the file, by the measure of the yaml library. */
const MAX_ALIASES = 100;
/** Of a file full of mistakes the first ones are enough. */
const MAX_SYNTAX_PROBLEMS = 20;

export interface Position {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** A syntax problem at a place of the text. */
export interface TextProblem extends Position {
  readonly message: string;
}

/** A YAML text that was read: its plain data, and where each part of it stands. */
export interface YamlText {
  readonly data: unknown;
  /** Where the value at a path stands, or its key; of a missing value, what it is missing from. */
  locate(path: DocumentPath, atKey?: boolean): Position;
}

function tokenise(text: string, lines: LineCounter): Result<CST.Token[], TextProblem> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    // Checked while reading: the composer after us calls itself once a level and would overflow the stack.
    if (parser.stack.length > MAX_DEPTH) {
      return err({ ...place(lines, parser.offset), message: "The file is nested too deeply here." });
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return ok(tokens);
}

function place(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Reads YAML 1.2 (of which JSON is a part) within limits; never throws on any text. `piecesFrom`: for tests. */
export function readYaml(text: string, piecesFrom = PIECES_FROM_BYTES): Result<YamlText, TextProblem[]> {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES)
    return err([{ line: 1, column: 1, message: "The file is larger than 32 MiB." }]);
  if (bytes < piecesFrom) return readWhole(text);
  const read = readPieces(text);
  if (read.ok) return read;
  if (bytes <= MAX_WHOLE_BYTES) return readWhole(text);
  return err(read.error);
}

/** One thing after the other. An error says what is in the way of that, which need not be wrong. */
function readPieces(text: string): Result<YamlText, TextProblem[]> {
  const anchor = ANCHOR.exec(text);
  if (anchor !== null)
    return err([inTheWay(lineAt(text, anchor.index), "what looks like an alias (& or *)")]);
  const sections = sectionsOf(text);
  if (!sections.ok) return err([inTheWay(sections.error, "something else than a key at its left edge")]);
  const data: Record<string, unknown> = {};
  for (const { key, whole, items } of sections.value) {
    if (Object.hasOwn(data, key))
      return err([{ line: whole.line + 1, column: 1, message: SENTENCES.DUPLICATE_KEY ?? "" }]);
    if (items === undefined) {
      const read = readPiece(text, whole);
      if (!read.ok) return read;
      data[key] = (read.value as Readonly<Record<string, unknown>>)[key];
      continue;
    }
    const list: unknown[] = [];
    for (const item of items) {
      const read = readPiece(text, item);
      if (!read.ok) return read;
      list.push(...(read.value as readonly unknown[]));
    }
    data[key] = list;
  }
  return ok({ data, locate: (path, atKey) => locateInPieces(text, sections.value, path, atKey ?? false) });
}

/** In a text of pieces anchors would lead from one to another. Also between quotes, where it is none. */
const ANCHOR = /(?:^|[\s,[{])[&*][^\s,[\]{}]/m;

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

function inTheWay(line: number, what: string): TextProblem {
  const message = `The file is larger than 4 MiB, and such a file may not have ${what}, as here.`;
  return { line, column: 1, message };
}

function readPiece(text: string, piece: Piece): Result<unknown, TextProblem[]> {
  const part = text.slice(piece.from, piece.to);
  const simple = readSimpleYaml(part);
  if (simple !== undefined) return ok(simple);
  const read = readWhole(part);
  if (read.ok) return ok(read.value.data);
  return err(read.error.map((problem) => ({ ...problem, line: problem.line + piece.line })));
}

/** Reads once more the piece that the path leads into. */
function locateInPieces(
  text: string,
  sections: readonly Section[],
  path: DocumentPath,
  atKey: boolean,
): Position {
  const [key, index, ...rest] = path;
  const section = sections.find((one) => one.key === key);
  const item = typeof index === "number" ? section?.items?.[index] : undefined;
  const head = section ?? sections[0];
  if (head === undefined) return { line: 1, column: 1 };
  // The key with its first item stands for the whole list.
  const piece = item ?? { ...head.whole, to: head.items?.[0]?.to ?? head.whole.to };
  const read = readWhole(text.slice(piece.from, piece.to));
  const inside = item === undefined ? (section === undefined ? [] : path) : [0, ...rest];
  const place = read.ok ? read.value.locate(inside, atKey) : { line: 1, column: 1 };
  return { line: place.line + piece.line, column: place.column };
}

function readWhole(text: string): Result<YamlText, TextProblem[]> {
  const lines = new LineCounter();
  const tokens = tokenise(text, lines);
  if (!tokens.ok) return err([tokens.error]);
  const documents = [
    ...new Composer({ version: "1.2", uniqueKeys: true, lineCounter: lines }).compose(
      tokens.value,
      true,
      text.length,
    ),
  ];
  const document = documents[0];
  if (document === undefined) return err([{ line: 1, column: 1, message: "The file is empty." }]);
  const second = documents[1];
  if (second !== undefined) {
    return err([
      {
        ...place(lines, second.range[0]),
        message: "The file has a second document here; it may have only one.",
      },
    ]);
  }
  const problems = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_PROBLEMS);
  if (problems.length > 0) {
    return err(problems.map((problem) => ({ ...place(lines, problem.pos[0]), message: sentence(problem) })));
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return ok({ data, locate: (path, atKey) => locate(document, lines, path, atKey ?? false) });
  } catch (error) {
    // The library throws ReferenceError for too many aliases, and for one that names nothing: `password: *secret`.
    const isUnknown = error instanceof ReferenceError && error.message.startsWith("Unresolved alias");
    const message = isUnknown
      ? `An alias of this file (a value that begins with *) names nothing. ${IN_QUOTES}`
      : "The aliases of this file cannot be followed: they are too many, or go in circles.";
    return err([{ line: 1, column: 1, message }]);
  }
}

const IN_QUOTES = "Text that is meant as it is, such as a password, stands in quotes.";

/**
 * Our own words for what the library says with a piece of the file in it, which may be a piece of a password; and for
 * what is said better.
 */
const SENTENCES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "This key is given a second time; each may be given once.",
  TAB_AS_INDENT: "A tab cannot indent in YAML; use spaces.",
  TAG_RESOLVE_FAILED: `A value that begins with ! is a tag in YAML, and this one is not known. ${IN_QUOTES}`,
  BAD_DQ_ESCAPE: "This is not valid YAML: between double quotes \\ begins an escape; write \\\\ for a \\.",
  BAD_DIRECTIVE: `A line that begins with % is a directive in YAML, and this one is not known. ${IN_QUOTES}`,
  BAD_ALIAS: `A value that begins with * or & is an alias or anchor in YAML. ${IN_QUOTES}`,
};

function sentence(problem: { readonly code: string; readonly message: string }): string {
  const own = SENTENCES[problem.code];
  if (own !== undefined) return own;
  const first = problem.message.split("\n", 1)[0] ?? problem.message;
  // Behind a colon the library quotes the file.
  const words = first.replace(/ at line [0-9]+, column [0-9]+:?$/, "").replace(/: .*$/, "");
  return `This is not valid YAML: ${words}.`;
}

function locate(document: Document, lines: LineCounter, path: DocumentPath, atKey: boolean): Position {
  let node: Node | undefined = document.contents ?? undefined;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const child = childAt(node, part);
    // What is missing is reported where it is missing from.
    if (child === undefined) break;
    const last = index === path.length - 1;
    offset =
      (last && atKey) || child.value === undefined ? child.offset : (child.value.range?.[0] ?? child.offset);
    node = child.value;
  }
  return place(lines, offset);
}

/** An entry of a map or list: where it begins, and its value where it has one. */
function childAt(
  node: Node | undefined,
  part: string | number,
): { readonly offset: number; readonly value: Node | undefined } | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
    if (pair === undefined) return undefined;
    const empty =
      pair.value === null ||
      pair.value.range === undefined ||
      pair.value.range?.[0] === pair.value.range?.[1];
    return { offset: pair.key.range?.[0] ?? 0, value: empty ? undefined : (pair.value ?? undefined) };
  }
  if (isSeq<Node>(node) && typeof part === "number") {
    const item = node.items[part];
    return item === undefined ? undefined : { offset: item.range?.[0] ?? 0, value: item };
  }
  return undefined;
}
