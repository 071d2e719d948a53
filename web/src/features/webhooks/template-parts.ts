import { PLACEHOLDERS } from "../../../../src/dialplan/template-pieces.ts";

/** A piece of a template as the field shows it. */
export interface TemplateSpan {
  readonly text: string;
  readonly kind: "text" | "known" | "unknown";
}

const known: ReadonlySet<string> = new Set(PLACEHOLDERS.map((name) => `{${name}}`));

/** The text in pieces, none lost: words in braces that are placeholders, those that are none, and the rest. */
export function templateSpans(text: string): readonly TemplateSpan[] {
  const spans: TemplateSpan[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{[^{}]*\}|[{}]/g)) {
    if (match.index > at) spans.push({ text: text.slice(at, match.index), kind: "text" });
    spans.push({ text: match[0], kind: known.has(match[0]) ? "known" : "unknown" });
    at = match.index + match[0].length;
  }
  if (at < text.length) spans.push({ text: text.slice(at), kind: "text" });
  return spans;
}

/** A URL in pieces, none lost, between which a line may end: after its slashes and equals signs, before `?` and `&`. */
export function urlPieces(url: string): readonly string[] {
  return url.match(/[?&]?[^/=?&]*[/=]*/g)?.filter((piece) => piece !== "") ?? [];
}
