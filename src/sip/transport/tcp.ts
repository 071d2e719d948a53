import { connect } from "node:net";
import type { StreamKind } from "./stream-listener.ts";

/** Plain TCP. */
export function tcpKind(): StreamKind {
  return {
    transport: "tcp",
    accept: (raw, ready) => ready(raw),
    connect({ host, port }, from, ready) {
      const socket = connect({ host, port, ...from });
      socket.once("connect", ready);
      return socket;
    },
    reset: (socket) => void socket.resetAndDestroy(),
    close() {},
  };
}
