import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Counters } from "../../lib/counters.ts";
import { inboundContext, type TlsFiles, type TlsOptions } from "./tls-context.ts";
import { tlsClientReason } from "./tls-errors.ts";

export interface TlsAcceptorParts {
  readonly options: TlsOptions;
  readonly counters: Counters;
  /** Who had to show a certificate and is refused for it. */
  readonly onRefused: (address: string, reason: string) => void;
}

/** Makes TLS of connections that come in. */
export class TlsAcceptor {
  readonly #parts: TlsAcceptorParts;
  /** It never listens itself: connections are counted and limited before they cost a handshake. */
  readonly #server: Server;
  readonly #asks: boolean;
  /** By connection: who is told that its handshake is done. */
  readonly #waiting = new Map<string, (socket: TLSSocket) => void>();
  /** Whose connection is closing in the present event: Node tells of a certificate that is not trusted only then. */
  #closing = "";

  /** Throws when the certificate and the key do not fit. */
  constructor(parts: TlsAcceptorParts) {
    this.#parts = parts;
    const { options } = parts;
    this.#asks = options.clientCaPem !== undefined;
    this.#server = createServer({
      ...inboundContext(options, options.minVersion),
      requestCert: this.#asks,
      rejectUnauthorized: this.#asks,
    });
    this.#server.on("tlsClientError", (error, socket) => this.#failed(error, socket));
    this.#server.on("secureConnection", (socket) => this.#waiting.get(connectionKey(socket))?.(socket));
  }

  /** `ready` gets the stream once its handshake is done; where that fails, the connection is closed. */
  accept(raw: Socket, ready: (socket: TLSSocket) => void): void {
    const key = connectionKey(raw);
    this.#waiting.set(key, ready);
    const address = raw.remoteAddress ?? "";
    raw.once("close", () => {
      this.#waiting.delete(key);
      this.#closing = address;
      queueMicrotask(() => (this.#closing = ""));
    });
    this.#server.emit("connection", raw);
  }

  /** From now on who connects sees these. Throws on a bad certificate; then nothing has changed. */
  renew(files: TlsFiles): void {
    this.#server.setSecureContext(inboundContext(files, this.#parts.options.minVersion));
  }

  close(): void {
    this.#waiting.clear();
  }

  #failed(error: Error, socket: TLSSocket): void {
    this.#parts.counters.add("sip_tls_handshake_errors");
    const reason = this.#asks ? clientRefusal(error, socket) : undefined;
    if (reason !== undefined) this.#parts.onRefused(socket.remoteAddress ?? this.#closing, reason);
    socket.destroy();
  }
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

/** The four numbers that tell one TCP connection from all others; Node does not say which socket a TLS one wraps. */
function connectionKey({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
