import { decodeUser, isSipUri, isTelUri, type Uri } from "./uri.ts";

/**
 * Parameters that stand behind a telephone number, in a tel URI and in the user part of a sip URI alike (RFC 3261 §19.1.6):
 * RFC 3966 §3, RFC 4694 §4, RFC 4904 §5, RFC 4759, RFC 8588 §3.2, and those that networks add without an RFC.
 */
const TELEPHONE_PARAMS: ReadonlySet<string> = new Set([
  "phone-context",
  "ext",
  "isub",
  "isub-encoding",
  "postd",
  "npdi",
  "rn",
  "rn-context",
  "cic",
  "cic-context",
  "tgrp",
  "trunk-context",
  "enumdi",
  "verstat",
  "cpc",
  "oli",
  "premium-rate",
]);

/** A telephone number, once decoded: digits, what stands between them, and the keys. */
const TELEPHONE_LIKE = /^\+?[\d*# ().-]+$/;

/**
 * Who a URI is about, in either form: the number of a tel URI, or the user part of a sip URI, decoded once and without
 * telephone parameters. Digits as they are written, a short number, or a name; empty where there is none.
 */
export function userOf(uri: Uri): string {
  if (isTelUri(uri)) return decodeUser(uri.number);
  if (!isSipUri(uri) || uri.user === undefined) return "";
  const user = decodeUser(uri.user);
  const end = endOfNumber(user, uri.params.get("user"));
  return end < 0 ? user : user.slice(0, end);
}

/**
 * The same as a number: one that is local to a global context (`phone-context=+31`, RFC 3966 §5.1.4) has that before it.
 * The two make no E.164 number by themselves (§5.1.5), so a blank stands between them, for the numbering plans to look at:
 * `+31 0501234567`. In the context of a domain it stays as it is.
 */
export function telephoneNumberOf(uri: Uri): string {
  const user = userOf(uri);
  if (user.startsWith("+")) return user;
  const context = contextOf(uri);
  return context?.startsWith("+") === true ? `${context} ${user}` : user;
}

function contextOf(uri: Uri): string | undefined {
  if (isTelUri(uri)) return uri.params.get("phone-context");
  if (!isSipUri(uri) || uri.user === undefined) return undefined;
  const user = decodeUser(uri.user);
  const end = endOfNumber(user, uri.params.get("user"));
  if (end < 0) return undefined;
  return /;phone-context=([^;]*)/i.exec(user.slice(end))?.[1];
}

/**
 * Where the telephone parameters of a decoded user part begin, or -1. Without `user=phone` a user may be called
 * `a;b`: then what stands before has to look like a number, or what stands behind like parameters of one.
 */
function endOfNumber(user: string, kind: string | undefined): number {
  const end = user.indexOf(";");
  if (end < 0 || kind?.toLowerCase() === "phone") return end;
  if (TELEPHONE_LIKE.test(user.slice(0, end))) return end;
  const names = user.slice(end + 1).split(";");
  return names.every((one) => TELEPHONE_PARAMS.has(one.split("=", 1)[0]?.toLowerCase() ?? "")) ? end : -1;
}
