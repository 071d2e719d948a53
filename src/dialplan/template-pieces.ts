import { isSecretKey, looksRandom } from "./url-secrets.ts";

/** What may stand in braces. */
export const PLACEHOLDERS = ["code", "did", "callerid", "callername", "callid"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** A piece of the request target: text that is already safe in a URL, or a place for a value. */
export type Piece =
  /** `masked`: the text as logs may show it. */
  | { readonly kind: "text"; readonly text: string; readonly masked: string }
  | { readonly kind: "value"; readonly name: Placeholder }
  /** A path segment of placeholders alone: it must not become `.` or `..`. */
  | { readonly kind: "segment"; readonly names: readonly Placeholder[] };

/** Whether a name in braces stands for a value. */
export function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}

/** The pieces of a path, its slashes among them. */
export function pathPieces(path: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, segment] of path.split("/").entries()) {
    if (index > 0) addText(pieces, "/", "/");
    const inner = readPieces(segment, false);
    const names = inner.flatMap((piece) => (piece.kind === "value" ? [piece.name] : []));
    if (names.length > 0 && names.length === inner.length) pieces.push({ kind: "segment", names });
    else for (const piece of inner) add(pieces, piece);
  }
  return pieces;
}

/** The pieces of a query, its question mark among them; none where there is no query. */
export function queryPieces(query: string | undefined): Piece[] {
  if (query === undefined) return [];
  const pieces: Piece[] = [];
  addText(pieces, "?", "?");
  for (const [index, pair] of query.split("&").entries()) {
    if (index > 0) addText(pieces, "&", "&");
    const [key, value] = cut(pair, "=");
    for (const piece of readPieces(key, false)) add(pieces, piece);
    if (value === undefined) continue;
    addText(pieces, "=", "=");
    for (const piece of readPieces(value, isSecretKey(key))) add(pieces, piece);
  }
  return pieces;
}

/** Whether the digits that a caller types are among them. */
export function holdsCode(pieces: readonly Piece[]): boolean {
  return pieces.some(
    (piece) =>
      (piece.kind === "value" && piece.name === "code") ||
      (piece.kind === "segment" && piece.names.includes("code")),
  );
}

/** What is before the first separator, and what is behind it; undefined where there is none. */
export function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function readPieces(text: string, secret: boolean): Piece[] {
  const pieces: Piece[] = [];
  for (const token of text.split(/(\{[^{}]*\})/)) {
    if (token === "") continue;
    const name = token.slice(1, -1);
    if (token.startsWith("{") && isPlaceholder(name)) pieces.push({ kind: "value", name });
    else {
      const encoded = encodeLiteral(token);
      pieces.push({ kind: "text", text: encoded, masked: secret || looksRandom(token) ? "***" : encoded });
    }
  }
  return pieces;
}

/** Text of the template itself is taken as written; only what is not ASCII is encoded. */
function encodeLiteral(text: string): string {
  return text.toWellFormed().replace(/[^!-~]+/g, (characters) => encodeURIComponent(characters));
}

function add(pieces: Piece[], piece: Piece): void {
  if (piece.kind === "text") addText(pieces, piece.text, piece.masked);
  else pieces.push(piece);
}

/** Joins neighbouring texts, so that expanding has few pieces to walk. */
function addText(pieces: Piece[], text: string, masked: string): void {
  const last = pieces.at(-1);
  if (last?.kind === "text")
    pieces[pieces.length - 1] = { kind: "text", text: last.text + text, masked: last.masked + masked };
  else pieces.push({ kind: "text", text, masked });
}
