import { isDigit, isToken } from "./chars.ts";
import { octetsOf, textOf } from "./header-line.ts";
import type { WireStartLine } from "./message.ts";
import type { ParseRefusal } from "./refusal.ts";
import { requestUriFault } from "./uri.ts";

/** What a start line says. */
export type StartLine =
  | {
      readonly kind: "request";
      readonly method: string;
      readonly uri: string;
      readonly wire: WireStartLine | undefined;
    }
  | {
      readonly kind: "response";
      readonly status: number;
      readonly reason: string;
      readonly wire: WireStartLine | undefined;
    };

const VERSION = "SIP/2.0";

/** Reads a start line given as octets (RFC 3261 §7.1, §7.2). A refusal without status means silence. */
export function readStartLine(octets: string): StartLine | ParseRefusal {
  return isStatusLine(octets) ? readStatusLine(octets) : readRequestLine(octets);
}

/** Whether the line claims to be the first of a response. */
export function isStatusLine(octets: string): boolean {
  return octets.slice(0, 4).toUpperCase() === "SIP/";
}

/** The method that a request line names, undefined if its first word is no token. */
export function methodOf(octets: string): string | undefined {
  const space = octets.indexOf(" ");
  const method = space < 0 ? "" : octets.slice(0, space);
  return isToken(method) ? method : undefined;
}

function readRequestLine(octets: string): StartLine | ParseRefusal {
  const versionAt = octets.endsWith(" SIP/2.0") ? octets.length - 7 : octets.trimEnd().lastIndexOf(" ") + 1;
  const version = octets.slice(versionAt);
  if (version !== VERSION && version.toUpperCase() !== VERSION) return otherVersion(version);
  const methodEnd = octets.indexOf(" ");
  if (methodEnd >= versionAt - 1) return MALFORMED;
  const method = octets.slice(0, methodEnd);
  const uriOctets = octets.slice(methodEnd + 1, versionAt - 1);
  if (!isToken(method)) return { status: 400, reason: "The method is no token." };
  if (uriOctets.includes(" ")) return MALFORMED;
  const uri = textOf(uriOctets);
  const fault = requestUriFault(uri);
  // 416 is for the user agent: it answers only after it knows the method and the other fields.
  if (fault !== undefined && fault.status === 400) return fault;
  const plain = version === VERSION && octetsOf(uri) === uriOctets;
  return { kind: "request", method, uri, wire: plain ? undefined : { octets, fields: [method, uri] } };
}

const MALFORMED: ParseRefusal = {
  status: 400,
  reason: "The request line is not a method, a URI and a version with one space between them.",
};

function otherVersion(version: string): ParseRefusal {
  const word = version.trimEnd().toUpperCase();
  if (!isSipVersion(word))
    return { status: undefined, reason: "The first line is not that of a SIP message." };
  return word === VERSION ? MALFORMED : { status: 505, reason: "The SIP version is not 2.0." };
}

/** `SIP/` and a number with a dot. */
function isSipVersion(word: string): boolean {
  return /^SIP\/\d{1,9}\.\d{1,9}$/.test(word);
}

// RFC 4475 §3.1.1.13: the reason phrase may be empty; a missing space before it is forgiven.
function readStatusLine(octets: string): StartLine | ParseRefusal {
  if (octets.slice(0, 7).toUpperCase() !== VERSION || octets[7] !== " ")
    return silent("The status line is malformed.");
  for (let at = 8; at < 11; at++)
    if (!isDigit(octets.charCodeAt(at))) return silent("The status code is not three digits.");
  if (octets.length > 11 && octets[11] !== " ") return silent("The status code is not three digits.");
  const status = Number(octets.slice(8, 11));
  if (status < 100 || status > 699) return silent("The status code is not from 100 to 699.");
  const phrase = octets.slice(12);
  const reason = textOf(phrase);
  const plain = octets.length > 11 && octets.startsWith(VERSION) && octetsOf(reason) === phrase;
  return { kind: "response", status, reason, wire: plain ? undefined : { octets, fields: [status, reason] } };
}

function silent(reason: string): ParseRefusal {
  return { status: undefined, reason };
}
