import { createSocket } from "node:dgram";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A socket towards the server for one message. */
export interface Wire {
  /** Sends the pieces one after the other, each in a packet of its own; a datagram is one piece. */
  send(pieces: readonly Buffer[]): Promise<void>;
  /** Says that nothing more comes (on a stream). */
  finish(): void;
  /** All that has arrived so far, as latin1. */
  readonly text: string;
  /** The peer has ended the stream. */
  readonly ended: boolean;
  close(): Promise<void>;
}

export type WireKind = "udp" | "tcp" | "tls";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Opens a wire from an address of ours: a new connection, or a datagram socket on port 5060, where late repetitions
 * for messages before this one may arrive; `mine` tells those apart.
 */
export function openWire(
  kind: WireKind,
  source: string,
  to: Place,
  mine: (datagram: string) => boolean,
): Promise<Wire> {
  return kind === "udp" ? openUdp(source, to, mine) : openStream(kind, source, to);
}

async function openUdp(source: string, to: Place, mine: (datagram: string) => boolean): Promise<Wire> {
  const socket = createSocket("udp4");
  let text = "";
  socket.on("message", (octets) => {
    const datagram = octets.toString("latin1");
    if (mine(datagram)) text += datagram;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(5060, source, resolve);
  });
  return {
    async send(pieces) {
      for (const piece of pieces) {
        await new Promise<void>((resolve, reject) => {
          socket.send(piece, to.port, to.host, (error) => (error === null ? resolve() : reject(error)));
        });
      }
    },
    finish() {},
    get text() {
      return text;
    },
    get ended() {
      return false;
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

async function openStream(kind: "tcp" | "tls", source: string, to: Place): Promise<Wire> {
  const options = { host: to.host, port: to.port, localAddress: source };
  let text = "";
  let ended = false;
  const socket = await new Promise<Socket>((resolve, reject) => {
    const made =
      kind === "tcp"
        ? connectTcp(options, () => resolve(made))
        : connectTls({ ...options, rejectUnauthorized: false }, () => resolve(made));
    made.once("error", reject);
  });
  socket.setNoDelay(true);
  // What the server closes early may reset us; what it sent before counts.
  socket.on("error", () => {
    ended = true;
  });
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.on("close", () => {
    ended = true;
  });
  return {
    async send(pieces) {
      for (const piece of pieces) {
        if (ended) return;
        await new Promise<void>((resolve) => {
          socket.write(piece, () => resolve());
        });
        await new Promise(setImmediate);
      }
    },
    finish: () => void socket.end(),
    get text() {
      return text;
    },
    get ended() {
      return ended;
    },
    close: async () => void socket.destroy(),
  };
}
