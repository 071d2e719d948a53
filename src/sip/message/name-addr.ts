import { err, ok, type Result } from "../../lib/result.ts";
import {
  BACKSLASH,
  COMMA,
  GREATER,
  isBlank,
  LESS,
  QUOTE,
  SEMICOLON,
  skipBlanks,
  sliceTrimmed,
} from "./chars.ts";
import { type Params, parseParams } from "./params.ts";
import { quote, skipQuoted, unquote } from "./quoted-string.ts";
import { parseUri, type Uri } from "./uri.ts";

/** A name-addr or addr-spec with header parameters, as in From, To, Contact, Route, P-Asserted-Identity. */
export interface NameAddr {
  /** Decoded and without quotes; undefined when there is none. */
  readonly displayName: string | undefined;
  readonly uri: Uri;
  /** The parameters of the header field; those of the URI are in the URI. */
  readonly params: Params;
  readonly tag: string | undefined;
}

/** A value of a Contact header field. */
export type Contact = NameAddr;

/** Reads one name-addr or addr-spec (RFC 3261 §20.10, §25.1). The error is a clause without a full stop. Never throws; linear. */
export function parseNameAddr(text: string): Result<NameAddr, string> {
  const from = skipBlanks(text, 0);
  if (text.charCodeAt(from) === QUOTE) {
    const end = skipQuoted(text, from);
    if (end < 0) return err("a quoted display name is not closed");
    const less = skipBlanks(text, end);
    if (text.charCodeAt(less) !== LESS) return err("no <URI> follows the display name");
    return readBracketed(text, less, unquote(text.slice(from, end)));
  }
  const less = text.indexOf("<", from);
  const semicolon = text.indexOf(";", from);
  // A ; before the < is a header parameter of a bare URI, as in ;+sip.instance="<urn:…>".
  if (less < 0 || (semicolon >= 0 && semicolon < less)) return readBare(text, from, semicolon);
  if (less === from) return readBracketed(text, less, undefined);
  const name = sliceTrimmed(text, from, less);
  if (!isUnquotedName(name)) return err("the display name must be quoted");
  return readBracketed(text, less, name.length > 0 ? name : undefined);
}

function readBracketed(
  text: string,
  less: number,
  displayName: string | undefined,
): Result<NameAddr, string> {
  const greater = text.indexOf(">", less + 1);
  if (greater < 0) return err("the < before the URI is not closed");
  const uri = parseUri(text.slice(less + 1, greater));
  if (!uri.ok) return uri;
  const params = parseParams(text, greater + 1);
  if (!params.ok) return params;
  return ok({ displayName, uri: uri.value, params: params.value, tag: params.value.get("tag") });
}

// RFC 3261 §20: without brackets all parameters belong to the header field, and , ? ; cannot be in the URI.
function readBare(text: string, from: number, semicolon: number): Result<NameAddr, string> {
  const end = semicolon < 0 ? text.length : semicolon;
  const bare = sliceTrimmed(text, from, end);
  if (bare.length === 0) return err("the URI is missing");
  if (bare.includes("?") || bare.includes(",")) return err("a URI with ? or , must stand between < and >");
  const uri = parseUri(bare);
  if (!uri.ok) return uri;
  const params = parseParams(text, end);
  if (!params.ok) return params;
  return ok({ displayName: undefined, uri: uri.value, params: params.value, tag: params.value.get("tag") });
}

// DEVIATION(RFC 3261 §25.1): an unquoted name may hold more than tokens (UTF-8, @, brackets), as phones send it;
// what could be mistaken for a separator is refused (RFC 4475 §3.1.2.15).
function isUnquotedName(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === COMMA || code === SEMICOLON || code === QUOTE || code === BACKSLASH || code === GREATER)
      return false;
    if ((code < 0x20 && !isBlank(code)) || code === 0x7f) return false;
  }
  return true;
}

/** A display name as a quoted-string: always quoted, `"` and `\` escaped, CR, LF, NUL and other controls dropped (RFC 3261 §25.1). */
export function quoteDisplayName(text: string): string {
  return quote(text);
}

/** `"name" <uri>;params`; without a name just `<uri>;params`. */
export function formatNameAddr(displayName: string | undefined, uriText: string, params?: Params): string {
  const name = displayName === undefined || displayName === "" ? "" : `${quoteDisplayName(displayName)} `;
  return `${name}<${uriText}>${params ?? ""}`;
}

/** Reads the values of Contact header fields: `*` alone, or a list (RFC 3261 §20.10). */
export function parseContacts(values: readonly string[]): Result<"*" | readonly Contact[], string> {
  if (values.length === 1 && values[0] === "*") return ok("*");
  const contacts: Contact[] = [];
  for (const value of values) {
    const contact = parseNameAddr(value);
    if (!contact.ok) return contact;
    contacts.push(contact.value);
  }
  return ok(contacts);
}
