import { COLON, charClass, decimal, isDigit, isMember, skipBlanks } from "./chars.ts";

/** A host with an optional port, and where it ends in the text it was read from. */
export interface HostPort {
  /** Lower case; an IPv6 address stands without its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly end: number;
}

const OPEN = 0x5b;
const MAX_HOST_LENGTH = 255;
// DEVIATION(RFC 3261 §25.1): underscores occur in real host names, so they are let through.
const NAME = charClass("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");
// Three colons in a row pass too, for RFC 3261's grammar had them (RFC 5118 §4.10).
const ADDRESS = charClass("0123456789abcdefABCDEF:.");

/**
 * Reads `host [ ":" port ]` at `at` (RFC 3261 §25.1), with white space around the colon where `blanks` allows
 * it, as in a Via. What follows the end is the caller's matter. Returns a clause saying what is wrong otherwise.
 */
export function readHostPort(text: string, at: number, blanks: boolean): HostPort | string {
  const bracketed = text.charCodeAt(at) === OPEN;
  const hostEnd = bracketed ? endOfAddress(text, at + 1) : endOfName(text, at);
  if (hostEnd < 0)
    return "the IPv6 address is not closed by a bracket or holds a character that no address has";
  const host = bracketed ? text.slice(at + 1, hostEnd) : text.slice(at, hostEnd);
  if (host.length === 0) return "the host is missing";
  if (host.length > MAX_HOST_LENGTH) return `the host is longer than ${MAX_HOST_LENGTH} characters`;
  const end = bracketed ? hostEnd + 1 : hostEnd;
  const colonAt = blanks ? skipBlanks(text, end) : end;
  if (colonAt >= text.length || text.charCodeAt(colonAt) !== COLON)
    return { host: host.toLowerCase(), port: undefined, end };
  const portAt = blanks ? skipBlanks(text, colonAt + 1) : colonAt + 1;
  let portEnd = portAt;
  while (portEnd < text.length && isDigit(text.charCodeAt(portEnd))) portEnd++;
  const port = decimal(text.slice(portAt, portEnd), 65_535);
  if (port === undefined) return "the port is not a number from 0 to 65535 (an IPv6 address needs brackets)";
  return { host: host.toLowerCase(), port, end: portEnd };
}

function endOfName(text: string, from: number): number {
  let at = from;
  while (at < text.length && isMember(NAME, text.charCodeAt(at))) at++;
  return at;
}

function endOfAddress(text: string, from: number): number {
  let at = from;
  while (at < text.length && isMember(ADDRESS, text.charCodeAt(at))) at++;
  return text[at] === "]" ? at : -1;
}
