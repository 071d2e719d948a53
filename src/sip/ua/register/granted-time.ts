import { parseExpires } from "../../message/header.ts";
import type { SipResponse } from "../../message/message.ts";
import { type Contact, parseNameAddr } from "../../message/name-addr.ts";
import { isSipUri, parseUri } from "../../message/uri.ts";

/** Our Contact, as we sent it. */
export interface RegisteredContact {
  readonly user: string;
  /** `host[:port]`. */
  readonly sentBy: string;
}

/** Nobody else's binding makes us ask more often than this. */
const LEAST_OF_OTHERS_SECONDS = 60;

/**
 * How many seconds a 2xx to our REGISTER grants our own Contact (RFC 3261 §10.2.4, §10.3 step 8); undefined: it does not
 * say. Ours is the one with our user part, or at our address, or the only one there: providers rewrite either. One that
 * cannot be read spoils nothing else. Without a parameter of its own the Expires header counts. Where several are there
 * and none looks like ours, the shortest counts, as to be registered too often does no harm.
 */
export function grantedSeconds(response: SipResponse, ours: RegisteredContact): number | undefined {
  const values = response.headers.list("contact");
  const contacts: Contact[] = [];
  for (const value of values) {
    const read = parseNameAddr(value);
    if (read.ok) contacts.push(read.value);
  }
  const found = contacts.find((one) => hasUser(one, ours)) ?? contacts.find((one) => isAt(one, ours));
  const own = found ?? (values.length === 1 ? contacts[0] : undefined);
  const header = seconds(response.headers.get("expires"));
  if (own !== undefined) return seconds(own.params.get("expires")) ?? header;
  return unreadable(values, ours.user) ?? header ?? shortest(contacts);
}

function hasUser({ uri }: Contact, ours: RegisteredContact): boolean {
  return isSipUri(uri) && uri.user === ours.user;
}

function isAt({ uri }: Contact, ours: RegisteredContact): boolean {
  const at = parseUri(`sip:${ours.sentBy}`);
  if (!isSipUri(uri) || !at.ok || !isSipUri(at.value)) return false;
  return uri.host === at.value.host && (uri.port ?? 5060) === (at.value.port ?? 5060);
}

/** Ours where it, or one that swallowed it, is no Contact: a quotation mark that is never closed, as a rule. */
function unreadable(values: readonly string[], user: string): number | undefined {
  for (const value of values) {
    const at = values.length === 1 && !value.includes(",") ? 0 : value.indexOf(`:${user}@`);
    if (at < 0) continue;
    const end = value.indexOf(",", at);
    const text = value.slice(at, end < 0 ? undefined : end);
    const found = /;[ \t]*expires[ \t]*=[ \t]*"?(\d+)/i.exec(text)?.[1];
    if (found !== undefined) return seconds(found);
  }
  return undefined;
}

function shortest(contacts: readonly Contact[]): number | undefined {
  const known = contacts.flatMap(({ params }) => seconds(params.get("expires")) ?? []);
  return known.length === 0 ? undefined : Math.max(LEAST_OF_OTHERS_SECONDS, Math.min(...known));
}

function seconds(text: string | undefined): number | undefined {
  const read = parseExpires(text ?? "");
  return read.ok ? read.value : undefined;
}
