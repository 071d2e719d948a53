import type { CST, Document, Node } from "yaml";
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from "yaml";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { DocumentPath } from "../model/problem.ts";

/** Limits of a company file; all are checked before anything is built from it. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;
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

/** Reads YAML 1.2 (of which JSON is a part) within limits; never throws on any text. */
export function readYaml(text: string): Result<YamlText, TextProblem[]> {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    return err([{ line: 1, column: 1, message: "The file is larger than 4 MiB." }]);
  }
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
