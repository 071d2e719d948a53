import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import { familyOf } from "./address.ts";
import { WrongNameError } from "./tls-errors.ts";
import type { FarCertificate } from "./transport.ts";

/** One alternative name as Node writes it: a kind, and a value that is quoted as in JSON where it holds a comma. */
const ALTERNATIVE = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;
/** A SIP URI that names a domain: no user, and of what follows the host only the port and parameters. */
const SIP_DOMAIN = /^sip:(\[[\da-f:.]+\]|[^@:;?[\]]+)(?::\d+)?(?:[;?].*)?$/i;
const MAX_NAMES = 300;

/**
 * RFC 5922 §7.1: where the certificate has `sip:` URIs of domains among its alternative names, only those count; its DNS names
 * where it has none. An IP address that was configured without a name is looked for among both.
 * DEVIATION(RFC 5922 §7.2): a wildcard DNS name is accepted as on the web, because trunk providers use them.
 */
export function sipIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const listed = certificate.subjectaltname ?? "";
  const domains: string[] = [];
  for (const [, kind, value = ""] of listed.matchAll(ALTERNATIVE)) {
    const domain = kind === "URI" ? SIP_DOMAIN.exec(unquoted(value))?.[1] : undefined;
    if (domain !== undefined) domains.push(domain.toLowerCase().replace(/^\[|\]$/g, ""));
  }
  if (domains.includes(name.toLowerCase())) return undefined;
  const onlyDomains = domains.length > 0 && familyOf(name) === 0;
  if (!onlyDomains && checkServerIdentity(name, certificate) === undefined) return undefined;
  const has = onlyDomains ? domains.map((domain) => `sip:${domain}`).join(", ") : listed;
  const shown = has.length > MAX_NAMES ? `${has.slice(0, MAX_NAMES)} …` : has;
  return new WrongNameError(name, shown);
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return "";
  }
}

/** What the other end has shown; undefined: nothing. To be read once a connection: it costs a decoding. */
export function farCertificate(socket: TLSSocket): FarCertificate | undefined {
  // Of a socket that is gone it is null, whatever the type says.
  const shown = socket.getPeerCertificate() as PeerCertificate | null;
  if (shown === null) return undefined;
  const { subject, subjectaltname, valid_to } = shown;
  const expires = Date.parse(valid_to ?? "");
  if (Number.isNaN(expires)) return undefined;
  const [first = ""] = (subjectaltname ?? "").split(", ", 1);
  const common = Array.isArray(subject?.CN) ? subject.CN[0] : subject?.CN;
  return { subject: (common ?? first.replace(/^[A-Za-z ]+:/, "")).slice(0, MAX_NAMES), expires };
}
