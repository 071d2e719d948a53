import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";

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

/** What both sides of a connection have in common. */
function contextOf(
  { certPem, keyPem }: TlsFiles,
  minVersion: TlsOptions["minVersion"],
): SecureContextOptions {
  return {
    ...(certPem === undefined || keyPem === undefined ? {} : { cert: certPem, key: keyPem }),
    minVersion: minVersion ?? "TLSv1.2",
    ciphers: CIPHERS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** How we meet those who connect to us. */
export function inboundContext(files: TlsFiles, minVersion: TlsOptions["minVersion"]): SecureContextOptions {
  return {
    ...contextOf(files, minVersion),
    ...(files.clientCaPem === undefined ? {} : { ca: files.clientCaPem }),
    // Tickets are sealed with one key for as long as the server runs, and who comes with one shows no certificate, which it
    // may so outlive (docs/adr/0082).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
  };
}

/** How we connect. RFC 3261 §26.3.1: we show our own certificate as a client too; a peer that asks for one may check it. */
export function outboundContext(files: TlsFiles, minVersion: TlsOptions["minVersion"]): SecureContextOptions {
  return {
    ...contextOf(files, minVersion),
    ...(files.caPem === undefined ? {} : { ca: files.caPem }),
  };
}
