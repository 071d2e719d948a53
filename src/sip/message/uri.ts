import { formatHost } from "../../lib/host-port.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { charClass, isHex, isMember, PERCENT, SEMICOLON, UNRESERVED } from "./chars.ts";
import { readHostPort } from "./host-port.ts";
import { noParams, type Params, ParamsBuilder } from "./params.ts";

/** A sip or sips URI (RFC 3261 §19.1.1). */
export interface SipUri {
  readonly scheme: "sip" | "sips";
  /** As written, escapes included; `decodeUser` reads it. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Lower case; an IPv6 address stands without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
  /** What follows the question mark, as written but for a bare @, which is escaped. */
  readonly headers: string | undefined;
}

/** A telephone number as a URI (RFC 3966). */
export interface TelUri {
  readonly scheme: "tel";
  /** As written, visual separators included. */
  readonly number: string;
  readonly params: Params;
}

/** A URI of a scheme that this stack does not route. */
export interface OtherUri {
  readonly scheme: string;
  readonly rest: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/** Why a Request-URI is refused, with the status to answer. */
export interface RequestUriFault {
  readonly status: 400 | 416;
  readonly reason: string;
}

const ALPHANUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SCHEME = charClass(`${ALPHANUM}+-.`);
// user = unreserved / escaped / user-unreserved; of the last only what no peer takes for a separator is sent bare.
const BARE_IN_USER = charClass(`${ALPHANUM}-_.!~*'()&=+$`);
const TEL_DIGIT = charClass("0123456789abcdefABCDEF*#-.()");

/** Whether the URI is a sip or sips URI. */
export function isSipUri(uri: Uri): uri is SipUri {
  return uri.scheme === "sip" || uri.scheme === "sips";
}

/** Whether the URI is a tel URI. */
export function isTelUri(uri: Uri): uri is TelUri {
  return uri.scheme === "tel";
}

/** Reads a URI without brackets around it. The error is a clause without a full stop. Never throws; linear. */
export function parseUri(text: string): Result<Uri, string> {
  // Nearly all URIs begin like this; what is here checked in one pass is checked below in two.
  if (text.startsWith("sip:")) return parseSipUri("sip", text, 4);
  if (holdsForbidden(text, 0, text.length)) return err(FORBIDDEN);
  const colon = text.indexOf(":");
  if (colon < 0) return err("the URI has no scheme");
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === "sip" || scheme === "sips") return parseSipUri(scheme, text, colon + 1);
  if (scheme === "tel") return parseTelUri(text, colon + 1);
  if (!isScheme(scheme)) return err("the URI has no scheme");
  if (colon + 1 === text.length) return err("the URI ends after its scheme");
  return ok({ scheme, rest: text.slice(colon + 1) });
}

const FORBIDDEN = "the URI holds a space, a control character, a quote or an angle bracket";

function holdsForbidden(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f || code === 0x22 || code === 0x3c || code === 0x3e) return true;
  }
  return false;
}

function isScheme(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isMember(SCHEME, text.charCodeAt(at))) return false;
  const first = text.charCodeAt(0);
  return first >= 0x61 && first <= 0x7a;
}

function parseSipUri(scheme: "sip" | "sips", text: string, from: number): Result<SipUri, string> {
  // The user part may hold `;`, `?` and `/`, so the first @ is what ends it (RFC 4475 §3.1.1.9).
  const at = text.indexOf("@", from);
  let user: string | undefined;
  let password: string | undefined;
  if (at >= 0) {
    if (holdsForbidden(text, from, at)) return err(FORBIDDEN);
    const colon = text.indexOf(":", from);
    const userEnd = colon >= 0 && colon < at ? colon : at;
    // DEVIATION(RFC 3261 §25.1): gateways write `sip:@host` for an unknown caller; it is read as no user.
    user = userEnd > from ? text.slice(from, userEnd) : undefined;
    password = userEnd < at ? text.slice(userEnd + 1, at) : undefined;
  }
  const hostPort = readHostPort(text, at >= 0 ? at + 1 : from, false);
  if (typeof hostPort === "string") return err(hostPort);
  const { host, port, end } = hostPort;
  if (end === text.length)
    return ok({ scheme, user, password, host, port, params: noParams, headers: undefined });
  if (holdsForbidden(text, end, text.length)) return err(FORBIDDEN);
  const question = text.indexOf("?", end);
  const paramsEnd = question < 0 ? text.length : question;
  // An @ is not allowed there, but written in Refer-To; escaped, it can never be taken for the end of a user part.
  const headers = question < 0 ? undefined : text.slice(question + 1).replaceAll("@", "%40");
  if (headers === "") return err("the question mark in the URI is followed by nothing");
  if (paramsEnd === end) return ok({ scheme, user, password, host, port, params: noParams, headers });
  const params = readUriParams(text.slice(end, paramsEnd));
  if (typeof params === "string") return err(params);
  return ok({ scheme, user, password, host, port, params, headers });
}

/** `*( ";" name [ "=" value ] )`; escapes of characters that need none are taken out (RFC 4475 §3.1.1.3). */
function readUriParams(text: string): Params | string {
  if (text.charCodeAt(0) !== SEMICOLON) return "the host name holds a character that no host has";
  if (text.includes("@")) return "the URI holds a second @";
  const params = new ParamsBuilder();
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf(";", at + 1);
    const end = next < 0 ? text.length : next;
    const part = text.slice(at + 1, end);
    const equals = part.indexOf("=");
    const name = normaliseEscapes(equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    if (name.length === 0) return "a parameter of the URI has no name";
    const value = equals < 0 ? undefined : normaliseEscapes(part.slice(equals + 1));
    params.add(name, value);
    at = end;
  }
  return params.build();
}

function parseTelUri(text: string, from: number): Result<TelUri, string> {
  const semicolon = text.indexOf(";", from);
  const end = semicolon < 0 ? text.length : semicolon;
  const number = text.slice(from, end);
  let digits = 0;
  for (let at = number.startsWith("+") ? 1 : 0; at < number.length; at++) {
    const code = number.charCodeAt(at);
    if (code === PERCENT) {
      // DEVIATION(RFC 3966 §3): phones write # as %23 in tel URIs as well.
      if (!number.startsWith("%23", at)) return err("the telephone number holds an escape other than %23");
      at += 2;
    } else if (!isMember(TEL_DIGIT, code))
      return err("the telephone number holds a character that no number has");
    digits++;
  }
  if (digits === 0) return err("the telephone number is empty");
  if (end === text.length) return ok({ scheme: "tel", number, params: noParams });
  const params = readUriParams(text.slice(end));
  return typeof params === "string" ? err(params) : ok({ scheme: "tel", number, params });
}

/**
 * Replaces escapes of unreserved characters by the characters; the meaning stays, also of `%25%34%31`. A percent sign
 * that begins no escape is written as `%25`, or what is decoded after it could make it one.
 */
function normaliseEscapes(text: string): string {
  if (!text.includes("%")) return text;
  let plain = "";
  let copied = 0;
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
    const code = escapedCode(text, at);
    if (code >= 0 && !isMember(UNRESERVED, code)) continue;
    plain += text.slice(copied, at) + (code < 0 ? "%25" : String.fromCharCode(code));
    copied = code < 0 ? at + 1 : at + 3;
  }
  return plain + text.slice(copied);
}

/** The octet that `%XX` at `at` stands for, or -1. */
function escapedCode(text: string, at: number): number {
  if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) return -1;
  return Number.parseInt(text.slice(at + 1, at + 3), 16);
}

/** The URI as text. */
export function formatUri(uri: Uri): string {
  if (isSipUri(uri)) {
    const password = uri.password === undefined ? "" : `:${uri.password}`;
    const user = uri.user === undefined && password === "" ? "" : `${uri.user ?? ""}${password}@`;
    const port = uri.port === undefined ? "" : `:${uri.port}`;
    const headers = uri.headers === undefined ? "" : `?${uri.headers}`;
    return `${uri.scheme}:${user}${formatHost(uri.host)}${port}${uri.params.toString()}${headers}`;
  }
  if (isTelUri(uri)) return `tel:${uri.number}${uri.params.toString()}`;
  return `${uri.scheme}:${uri.rest}`;
}

/**
 * A user part with its escapes decoded once (`%25%34%31` becomes `%41`, not `A`). What is no escape, or would
 * be no UTF-8, stays as written, so that two different users never become one.
 */
export function decodeUser(user: string): string {
  if (!user.includes("%")) return user;
  try {
    return decodeURIComponent(user);
  } catch {
    return decodeAsciiEscapes(user);
  }
}

function decodeAsciiEscapes(text: string): string {
  let plain = "";
  let copied = 0;
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
    const code = escapedCode(text, at);
    if (code < 0 || code > 0x7f) continue;
    plain += text.slice(copied, at) + String.fromCharCode(code);
    copied = at + 3;
    at += 2;
  }
  return plain + text.slice(copied);
}

/** Text as a user part: everything that is not plainly safe there is escaped as UTF-8, so nothing in it can end the user part. */
export function encodeUser(text: string): string {
  let at = 0;
  while (at < text.length && isMember(BARE_IN_USER, text.charCodeAt(at))) at++;
  if (at === text.length) return text;
  let encoded = "";
  for (const octet of Buffer.from(text, "utf8")) {
    encoded += isMember(BARE_IN_USER, octet)
      ? String.fromCharCode(octet)
      : `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/**
 * Why a Request-URI cannot be taken: 400 for its syntax (brackets, spaces, headers: RFC 3261 §19.1.1 table 1),
 * 416 for a scheme that is not sip, sips or tel (§8.2.2.1). Undefined when there is no fault.
 */
export function requestUriFault(text: string): RequestUriFault | undefined {
  const uri = parseUri(text);
  if (!uri.ok) return { status: 400, reason: `The Request-URI is malformed: ${uri.error}.` };
  if (isSipUri(uri.value)) {
    if (uri.value.headers === undefined) return undefined;
    return { status: 400, reason: "The Request-URI holds header fields after a question mark." };
  }
  if (isTelUri(uri.value)) return undefined;
  return { status: 416, reason: "The scheme of the Request-URI is none of sip, sips and tel." };
}

/** Parameters that make two URIs different when only one of them has it (RFC 3261 §19.1.4, transport by its examples). */
const NEVER_IGNORED = ["transport", "user", "ttl", "method", "maddr"];

/**
 * Whether two URIs are equivalent (RFC 3261 §19.1.4; RFC 3966 §5 for tel; other schemes letter by letter). Escapes
 * are decoded once before comparing.
 */
export function uriEquals(a: Uri, b: Uri): boolean {
  if (a.scheme !== b.scheme) return false;
  if (isSipUri(a) && isSipUri(b)) return sipUriEquals(a, b);
  if (isTelUri(a) && isTelUri(b)) return telUriEquals(a, b);
  return formatUri(a) === formatUri(b);
}

function sipUriEquals(a: SipUri, b: SipUri): boolean {
  // A port that is written out never equals one that is not, even if it is the usual one.
  if (a.host !== b.host || a.port !== b.port) return false;
  if (!sameDecoded(a.user, b.user) || !sameDecoded(a.password, b.password)) return false;
  for (const name of NEVER_IGNORED) if (a.params.has(name) !== b.params.has(name)) return false;
  for (const [name, value] of a.params) {
    if (b.params.has(name) && !sameParam(value, b.params.get(name))) return false;
  }
  return sameHeaders(a.headers, b.headers);
}

function telUriEquals(a: TelUri, b: TelUri): boolean {
  if (plainNumber(a.number) !== plainNumber(b.number) || a.params.size !== b.params.size) return false;
  for (const [name, value] of a.params) {
    if (!b.params.has(name) || !sameParam(value, b.params.get(name))) return false;
  }
  return true;
}

/** The digits without visual separators (RFC 3966 §5.1.1). */
function plainNumber(number: string): string {
  return number.replace(/[-.()]/g, "").toLowerCase();
}

function sameDecoded(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && decodeUser(a) === decodeUser(b));
}

function sameParam(a: string | undefined, b: string | undefined): boolean {
  return (
    a === b ||
    (a !== undefined && b !== undefined && decodeUser(a).toLowerCase() === decodeUser(b).toLowerCase())
  );
}

/** Header fields of a URI are compared as a set, the names in any case. */
function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sortedHeaders(a) === sortedHeaders(b));
}

function sortedHeaders(headers: string): string {
  const fields = headers.split("&").map((field) => {
    const equals = field.indexOf("=");
    const name = equals < 0 ? field : field.slice(0, equals);
    return `${decodeUser(name).toLowerCase()}=${equals < 0 ? "" : decodeUser(field.slice(equals + 1))}`;
  });
  return fields.sort().join("\n");
}
