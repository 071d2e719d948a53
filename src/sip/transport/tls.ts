import { constants } from "node:crypto";
import type { Socket } from "node:net";
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  createServer,
  type PeerCertificate,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import type { Counters } from "../../lib/counters.ts";
import { familyOf } from "./address.ts";
import type { StreamKind } from "./stream-listener.ts";

export interface TlsOptions {
  readonly certPem: string;
  readonly keyPem: string;
  /** Whom we trust when we connect; undefined: the usual authorities. */
  readonly caPem?: string | undefined;
  /** Whether a peer that we connect to must show a valid certificate for its name; default true. */
  readonly verifyPeer?: boolean | undefined;
  /** Default TLSv1.2: older ones are broken (RFC 8996). */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
}

/** A TLS kind whose certificate can be changed while it runs. */
export interface TlsKind extends StreamKind {
  /** From now on new connections get this certificate; those that are open stay (reliability B12). Throws on a bad one. */
  reload(certPem: string, keyPem: string): void;
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
export function tlsKind(options: TlsOptions, counters: Counters): TlsKind {
  const minVersion = options.minVersion ?? "TLSv1.2";
  const contextOf = (certPem: string, keyPem: string): SecureContextOptions => ({
    cert: certPem,
    key: keyPem,
    minVersion,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
  const waiting = new Map<string, (socket: TLSSocket) => void>();
  // It never listens itself: connections are counted and limited before they cost a handshake.
  const server = createServer(contextOf(options.certPem, options.keyPem));
  server.on("tlsClientError", (_, socket) => {
    counters.add("sip_tls_handshake_errors");
    socket.destroy();
  });
  server.on("secureConnection", (socket) => waiting.get(connectionKey(socket))?.(socket));

  // RFC 3261 §26.3.1: we show our own certificate as a client too; a peer that asks for one may check it.
  let own = createSecureContext({
    ...contextOf(options.certPem, options.keyPem),
    ...(options.caPem === undefined ? {} : { ca: options.caPem }),
  });

  return {
    transport: "tls",
    accept(raw, ready) {
      const key = connectionKey(raw);
      waiting.set(key, ready);
      raw.once("close", () => waiting.delete(key));
      server.emit("connection", raw);
    },
    connect({ host, port, serverName }, localAddress, ready) {
      const named = serverName !== undefined && familyOf(serverName) === 0;
      const socket = connect({
        host,
        port,
        secureContext: own,
        rejectUnauthorized: options.verifyPeer ?? true,
        checkServerIdentity: (_, certificate) => sipIdentity(serverName ?? host, certificate),
        ...(named ? { servername: serverName } : {}),
        ...(localAddress === undefined ? {} : { localAddress }),
      });
      socket.once("secureConnect", ready);
      return socket;
    },
    reload(certPem, keyPem) {
      const next = createSecureContext({
        ...contextOf(certPem, keyPem),
        ...(options.caPem === undefined ? {} : { ca: options.caPem }),
      });
      server.setSecureContext(contextOf(certPem, keyPem));
      own = next;
    },
    close() {
      waiting.clear();
    },
  };
}

/** The four numbers that tell one TCP connection from all others; Node does not say which socket a TLS one wraps. */
function connectionKey({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

/**
 * RFC 5922 §7.1: a `sip:` URI among the certificate's alternative names counts before its DNS names.
 * DEVIATION(RFC 5922 §7.2): a wildcard DNS name is accepted as on the web, because trunk providers use them.
 */
export function sipIdentity(name: string, certificate: PeerCertificate): Error | undefined {
  const listed = certificate.subjectaltname ?? "";
  // Node quotes a name that has a comma in it; rather than read that, such a certificate counts by its DNS names only.
  const alternatives = listed.includes('"') ? [] : listed.split(", ");
  if (alternatives.some((entry) => entry.toLowerCase() === `uri:sip:${name.toLowerCase()}`)) return undefined;
  return checkServerIdentity(name, certificate);
}
