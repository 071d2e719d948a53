import { err, ok, type Result } from "../../lib/result.ts";
import { EQUALS, isBlank, QUOTE, SEMICOLON, skipBlanks, skipToken } from "./chars.ts";
import { skipQuoted } from "./quoted-string.ts";

/** Parameters by lower-case name; a flag has no value. Values stand as they were written, quotes included (`unquote` reads them). */
export type Params = ReadonlyMap<string, string | undefined>;

export const noParams: Params = new Map();
const NONE = ok(noParams);

/**
 * Reads `*( SEMI generic-param )` (RFC 3261 §25.1) from `from` to the end of the text, white space allowed
 * around `;` and `=`. Of a name that comes twice the first counts. The error is a clause without a full stop.
 */
export function parseParams(text: string, from = 0): Result<Params, string> {
  let at = skipBlanks(text, from);
  if (at >= text.length) return NONE;
  const params = new Map<string, string | undefined>();
  while (at < text.length) {
    if (text.charCodeAt(at) !== SEMICOLON) return err("something other than a parameter follows");
    const nameAt = skipBlanks(text, at + 1);
    at = skipToken(text, nameAt);
    if (at === nameAt) return err("a parameter has no name");
    const name = text.slice(nameAt, at).toLowerCase();
    at = skipBlanks(text, at);
    let value: string | undefined;
    if (text.charCodeAt(at) === EQUALS) {
      const valueAt = skipBlanks(text, at + 1);
      const end = endOfParamValue(text, valueAt);
      if (end < 0) return err("a quoted parameter value is not closed");
      if (end === valueAt) return err(`the parameter ${name} has an empty value`);
      value = text.slice(valueAt, end);
      at = skipBlanks(text, end);
    }
    if (!params.has(name)) params.set(name, value);
  }
  return ok(params);
}

// gen-value = token / host / quoted-string; read liberally: anything up to white space or `;`.
function endOfParamValue(text: string, from: number): number {
  if (text.charCodeAt(from) === QUOTE) return skipQuoted(text, from);
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON || isBlank(code) || code === QUOTE) break;
  }
  return at;
}

/** `;name=value;flag`, empty for no parameters. */
export function formatParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}
