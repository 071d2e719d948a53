import { connect as connectTcp, type Socket } from "node:net";
import { connect, createSecureContext, TLSSocket } from "node:tls";
import { familyOf } from "./address.ts";
import type { StreamKind } from "./stream-listener.ts";
import { TlsAcceptor, type TlsAcceptorParts } from "./tls-acceptor.ts";
import { outboundContext, type TlsFiles } from "./tls-context.ts";
import { farCertificate, sipIdentity } from "./tls-identity.ts";

/** A TLS kind whose certificate can be changed while it runs. */
export interface TlsKind extends StreamKind {
  /** From now on new connections get this; those that are open stay (reliability B12). Throws on a bad certificate. */
  reload(files: TlsFiles): void;
  /** Whether there is a certificate to show to those who connect. */
  readonly canListen: boolean;
}

/** TLS over TCP. Throws when the certificate and the key do not fit. */
export function tlsKind(parts: TlsAcceptorParts): TlsKind {
  const { minVersion, verifyPeer = true, certPem, keyPem } = parts.options;
  const acceptor = new TlsAcceptor(parts);
  let own = createSecureContext(outboundContext(parts.options, minVersion));
  /** The TCP connection of each that we opened. */
  const below = new WeakMap<Socket, Socket>();
  return {
    transport: "tls",
    canListen: certPem !== undefined && keyPem !== undefined,
    accept: (raw, ready) => acceptor.accept(raw, ready),
    connect({ host, port, serverName, otherNames = [] }, from, ready) {
      const named = serverName !== undefined && familyOf(serverName) === 0;
      const raw = connectTcp({ host, port, ...from });
      const socket = connect({
        socket: raw,
        secureContext: own,
        rejectUnauthorized: verifyPeer,
        checkServerIdentity: (_, certificate) => {
          const refused = sipIdentity(serverName ?? host, certificate);
          return otherNames.some((name) => sipIdentity(name, certificate) === undefined)
            ? undefined
            : refused;
        },
        ...(named ? { servername: serverName } : {}),
      });
      below.set(socket, raw);
      socket.once("secureConnect", ready);
      return socket;
    },
    reset(socket) {
      // A TLS socket cannot be reset, the one below can.
      below.get(socket)?.resetAndDestroy();
      socket.destroy();
    },
    certificateOf: (socket: Socket) => (socket instanceof TLSSocket ? farCertificate(socket) : undefined),
    reload(files) {
      const next = createSecureContext(outboundContext(files, minVersion));
      acceptor.renew(files);
      own = next;
    },
    close: () => acceptor.close(),
  };
}
