import { constants } from "node:crypto";
import type { Socket } from "node:net";
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  createServer,
  type PeerCertificate,
  type SecureContext,
  type SecureContextOptions,
  TLSSocket,
} from "node:tls";
import type { Counters } from "../../lib/counters.ts";
import { familyOf } from "./address.ts";
import type { StreamKind } from "./stream-listener.ts";
import { tlsClientReason, WrongNameError } from "./tls-errors.ts";
import type { FarCertificate } from "./transport.ts";

/** What comes from files, and may be renewed. */
export interface TlsFiles {
  /** Our certificate with its chain, and its key; needed to listen, not to connect. */
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  /** Whom we trust when we connect; undefined: the usual authorities. */
  readonly caPem?: string | undefined;
  /** Who connects to us must show a certificate of these; undefined: nobody is asked for one. */
  readonly clientCaPem?: string | undefined;
}

export interface TlsOptions extends TlsFiles {
  /** Whether a peer that we connect to must show a valid certificate for its name; default true. */
  readonly verifyPeer?: boolean | undefined;
  /** Default TLSv1.2: older ones are broken (RFC 8996). */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
}

/** A TLS kind whose certificate can be changed while it runs. */
export interface TlsKind extends StreamKind {
  /** From now on new connections get this; those that are open stay (reliability B12). Throws on a bad certificate. */
  reload(files: TlsFiles): void;
  /** Whether there is a certificate to show to those who connect. */
  readonly canListen: boolean;
}

/** Forward secrecy and authenticated encryption only (RFC 9325 §4.2). */
const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** TLS over TCP. Throws when the certificate and the key do not fit. */
export function tlsKind(
  options: TlsOptions,
  counters: Counters,
  onRefused: (address: string, reason: string) => void,
): TlsKind {
  const minVersion = options.minVersion ?? "TLSv1.2";
  const contextOf = ({ certPem, keyPem }: TlsFiles): SecureContextOptions => ({
    ...(certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem }),
    minVersion,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
  const waiting = new Map<string, (socket: TLSSocket) => void>();
  const asks = options.clientCaPem !== undefined;
  const inboundOf = (files: TlsFiles): SecureContextOptions => ({
    ...contextOf(files),
    ...(files.clientCaPem === undefined ? {} : { ca: files.clientCaPem }),
    // Tickets are sealed with one key for as long as the server runs, and who comes with one shows no certificate, which it
    // may so outlive (docs/adr/0082).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
  });
  // It never listens itself: connections are counted and limited before they cost a handshake.
  const server = createServer({ ...inboundOf(options), requestCert: asks, rejectUnauthorized: asks });
  /** Whose connection is closing in the present event: Node tells of a certificate that is not trusted only then. */
  let closing = "";
  server.on("tlsClientError", (error, socket) => {
    counters.add("sip_tls_handshake_errors");
    const reason = asks ? clientRefusal(error, socket) : undefined;
    if (reason !== undefined) onRefused(socket.remoteAddress ?? closing, reason);
    socket.destroy();
  });
  server.on("secureConnection", (socket) => waiting.get(connectionKey(socket))?.(socket));

  // RFC 3261 §26.3.1: we show our own certificate as a client too; a peer that asks for one may check it.
  const ownOf = (files: TlsFiles): SecureContext =>
    createSecureContext({ ...contextOf(files), ...(files.caPem === undefined ? {} : { ca: files.caPem }) });
  let own = ownOf(options);

  return {
    transport: "tls",
    canListen: options.certPem !== undefined && options.keyPem !== undefined,
    accept(raw, ready) {
      const key = connectionKey(raw);
      waiting.set(key, ready);
      const address = raw.remoteAddress ?? "";
      raw.once("close", () => {
        waiting.delete(key);
        closing = address;
        queueMicrotask(() => (closing = ""));
      });
      server.emit("connection", raw);
    },
    connect({ host, port, serverName, otherNames = [] }, from, ready) {
      const named = serverName !== undefined && familyOf(serverName) === 0;
      const socket = connect({
        host,
        port,
        secureContext: own,
        rejectUnauthorized: options.verifyPeer ?? true,
        checkServerIdentity: (_, certificate) => {
          const refused = sipIdentity(serverName ?? host, certificate);
          return otherNames.some((name) => sipIdentity(name, certificate) === undefined)
            ? undefined
            : refused;
        },
        ...(named ? { servername: serverName } : {}),
        ...from,
      });
      socket.once("secureConnect", ready);
      return socket;
    },
    certificateOf: (socket) => (socket instanceof TLSSocket ? farCertificate(socket) : undefined),
    reload(files) {
      const next = ownOf(files);
      server.setSecureContext(inboundOf(files));
      own = next;
    },
    close() {
      waiting.clear();
    },
  };
}

/** Why a caller who has to show a certificate is refused for it; undefined: the handshake failed for something else. */
function clientRefusal(error: Error, socket: TLSSocket): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE")
    return "it shows no certificate, which --tls-client-ca asks for";
  // Node's own types have an Error here; it is a code, or null while nothing was checked.
  const cause: unknown = socket.authorizationError;
  return typeof cause === "string" ? tlsClientReason(cause) : undefined;
}

/** Read once a connection: it costs a decoding of the certificate. */
function farCertificate(socket: TLSSocket): FarCertificate | undefined {
  const { subject, subjectaltname, valid_to } = socket.getPeerCertificate();
  const expires = Date.parse(valid_to ?? "");
  if (Number.isNaN(expires)) return undefined;
  const [first = ""] = (subjectaltname ?? "").split(", ", 1);
  const common = Array.isArray(subject?.CN) ? subject.CN[0] : subject?.CN;
  return { subject: (common ?? first.replace(/^[A-Za-z ]+:/, "")).slice(0, MAX_NAMES), expires };
}

/** The four numbers that tell one TCP connection from all others; Node does not say which socket a TLS one wraps. */
function connectionKey({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

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
