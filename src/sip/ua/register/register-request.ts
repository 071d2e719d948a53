import { err, ok, type Result } from "../../../lib/result.ts";
import { parseExpires, parseQ } from "../../message/header.ts";
import type { SipRequest } from "../../message/message.ts";
import { type Contact, parseContacts, parseNameAddr } from "../../message/name-addr.ts";
import { decodeUser, formatUri, isSipUri, parseUri, type SipUri } from "../../message/uri.ts";
import type { ContactUpdate } from "../registrar/location.ts";

/** What a REGISTER says, read and bounded; whose it is has yet to be proved. */
export interface RegisterRequest {
  /** The user of the address of record, unescaped; undefined when To names only a host. */
  readonly user: string | undefined;
  /** Hosts of the Request-URI and of To: both have to be ours. */
  readonly hosts: readonly string[];
  /** Undefined: the phone only asks what is registered. */
  readonly contacts: "*" | readonly ContactUpdate[] | undefined;
  readonly path: readonly string[];
  /** What it asks of outbound (RFC 5626 §6). */
  readonly outbound: OutboundWish;
}

/** `lacking`: the phone wants outbound, and the proxy that it talks to does not do it. */
export type OutboundWish = "none" | "wanted" | "lacking";

/** An answer other than 200, with the reason phrase that tells the phone's owner what is wrong. */
export interface RegisterRefusal {
  readonly status: number;
  readonly reason: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

export interface RegisterLimits {
  readonly defaultExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly maxContacts: number;
  readonly maxPaths: number;
  /** Characters that one contact, its parameters and the Path may have together. */
  readonly maxBindingLength: number;
}

export const defaultRegisterLimits: RegisterLimits = {
  defaultExpiresSeconds: 3_600,
  maxExpiresSeconds: 3_600,
  maxContacts: 100,
  maxPaths: 20,
  maxBindingLength: 4_096,
};

function refuse(status: number, reason: string): { readonly ok: false; readonly error: RegisterRefusal } {
  return err({ status, reason });
}

/**
 * Reads a REGISTER (RFC 3261 §10.2, §10.3). Times longer than the maximum are cut to it; times that are too short
 * are left for the registrar, which answers 423 only to a phone that has proved who it is.
 */
export function readRegister(
  request: SipRequest,
  limits: RegisterLimits = defaultRegisterLimits,
): Result<RegisterRequest, RegisterRefusal> {
  const to = request.to.uri;
  // RFC 3261 §10.3: the address of record is a SIP or SIPS URI.
  if (!isSipUri(to)) return refuse(400, "To must hold a sip or sips URI");
  const target = parseUri(request.uri);
  if (!target.ok || !isSipUri(target.value)) return refuse(400, "Bad Request-URI");
  const path = request.headers.list("path");
  if (path.length > limits.maxPaths) return refuse(400, "Too many Path values");
  const contacts = readContacts(request, path, limits);
  if (!contacts.ok) return contacts;
  const flows = contacts.value === "*" ? 0 : (contacts.value ?? []).filter(hasFlow).length;
  // RFC 5626 §6: one REGISTER is about one flow.
  if (flows > 1) return refuse(400, "More Than One Contact With reg-id");
  return ok({
    outbound: flows === 0 ? "none" : outboundWish(request, path),
    user: to.user === undefined ? undefined : decodeUser(to.user),
    hosts: [target.value.host, to.host],
    contacts: contacts.value,
    path,
  });
}

function readContacts(
  request: SipRequest,
  path: readonly string[],
  limits: RegisterLimits,
): Result<RegisterRequest["contacts"], RegisterRefusal> {
  const values = request.headers.list("contact");
  if (values.length === 0) return ok(undefined);
  if (values.length > limits.maxContacts) return refuse(400, "Too many Contact values");
  const expires = request.headers.get("expires");
  if (values.some((value) => value === "*")) {
    // RFC 3261 §10.2.2, §10.3 item 6: alone, and only with Expires: 0.
    const alone = values.length === 1 && expires !== undefined && isZero(expires);
    return alone ? ok("*") : refuse(400, "Contact * needs Expires 0 and no other Contact");
  }
  const parsed = parseContacts(values);
  if (!parsed.ok || parsed.value === "*") return refuse(400, "Malformed Contact");
  const pathLength = path.reduce((length, value) => length + value.length, 0);
  const updates: ContactUpdate[] = [];
  for (const contact of parsed.value) {
    if (!isSipUri(contact.uri)) return refuse(400, "Contact must hold sip or sips URIs");
    const length = formatUri(contact.uri).length + contact.params.toString().length + pathLength;
    if (length > limits.maxBindingLength) return refuse(400, "Contact or Path too long");
    updates.push(toUpdate(contact, contact.uri, expires, limits));
  }
  return ok(updates);
}

/** RFC 5626 §6: a reg-id counts beside an instance only. */
function hasFlow({ params }: ContactUpdate): boolean {
  const number = params.get("reg-id") ?? "";
  return params.get("+sip.instance") !== undefined && /^[1-9]\d{0,9}$/.test(number);
}

/** The phone itself is at the other end of the flow, or a proxy that knows its flow: `ob` in the Path that was added first. */
function outboundWish(request: SipRequest, path: readonly string[]): OutboundWish {
  const asked = [...request.headers.list("supported"), ...request.headers.list("require")];
  if (!asked.some((tag) => tag.toLowerCase() === "outbound")) return "none";
  if (request.headers.list("via").length <= 1) return "wanted";
  const first = parseNameAddr(path.at(-1) ?? "");
  return first.ok && isSipUri(first.value.uri) && first.value.uri.params.has("ob") ? "wanted" : "lacking";
}

function isZero(expires: string): boolean {
  const seconds = parseExpires(expires);
  return seconds.ok && seconds.value === 0;
}

function toUpdate(
  contact: Contact,
  uri: SipUri,
  expires: string | undefined,
  limits: RegisterLimits,
): ContactUpdate {
  const q = parseQ(contact.params.get("q") ?? "1");
  // RFC 3261 §10.3 item 7: the parameter, else the header, else our default; what cannot be read counts as 3600 (§20.19).
  const asked = contact.params.get("expires") ?? expires;
  const seconds = asked === undefined ? ok(limits.defaultExpiresSeconds) : parseExpires(asked);
  return {
    uri,
    params: contact.params.without("expires"),
    q: q.ok ? q.value : 1,
    expiresSeconds: Math.min(
      seconds.ok ? seconds.value : limits.defaultExpiresSeconds,
      limits.maxExpiresSeconds,
    ),
  };
}
