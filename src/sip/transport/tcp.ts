import { connect } from "node:net";
import type { StreamKind } from "./stream-listener.ts";

/** Plain TCP. */
export function tcpKind(): StreamKind {
  return {
    transport: "tcp",
    accept: (raw, ready) => ready(raw),
    connect({ host, port }, localAddress, ready) {
      const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
      socket.once("connect", ready);
      return socket;
    },
    close() {},
  };
}
