// A process that floods a server, so that the test's own is free to watch: `node flooder.ts JSON`, with a `Flood`.
// Ends by itself when its time is over, and prints what it did as JSON.

import { randomBytes } from "node:crypto";
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** What to do to the server, for some time. */
export type Flood = { readonly server: string; readonly port: number; readonly seconds: number } & (
  | {
      /** Requests of five methods from these places, in turn. */
      readonly kind: "datagrams";
      readonly from: readonly { readonly address: string; readonly port: number }[];
      readonly perSecond: number;
    }
  | {
      /** Connections, opened again as they are closed; each writes this as fast as it is taken, or once. */
      readonly kind: "streams";
      readonly tls: boolean;
      readonly from: readonly string[];
      readonly perSource: number;
      readonly text: string;
      readonly once: boolean;
    }
);

export interface Flooded {
  readonly sent: number;
  readonly opened: number;
}

const METHODS = ["REGISTER", "OPTIONS", "INVITE", "SUBSCRIBE", "MESSAGE"] as const;
const TICK_MS = 5;

function request(method: string, server: string): string {
  const id = randomBytes(6).toString("hex");
  return (
    `${method} sip:999@${server} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${id};rport\r\n` +
    `Max-Forwards: 70\r\nFrom: <sip:999@${server}>;tag=${id}\r\nTo: <sip:999@${server}>\r\nCall-ID: ${id}\r\n` +
    `CSeq: 1 ${method}\r\nContact: <sip:999@192.0.2.1>\r\nContent-Length: 0\r\n\r\n`
  );
}

async function sendDatagrams(flood: Flood & { readonly kind: "datagrams" }): Promise<Flooded> {
  const sockets = await Promise.all(
    flood.from.map(
      ({ address, port }) =>
        new Promise<Datagrams>((resolve, reject) => {
          const socket = createSocket({ type: "udp4", reuseAddr: true });
          socket.once("error", reject);
          socket.bind(port, address, () => resolve(socket));
        }),
    ),
  );
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < flood.seconds * 1_000) {
    const due = ((performance.now() - start) * flood.perSecond) / 1_000;
    for (; sent < due; sent += 1) {
      const text = request(METHODS[sent % METHODS.length] ?? "OPTIONS", flood.server);
      sockets[sent % sockets.length]?.send(text, flood.port, flood.server);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  for (const socket of sockets) socket.close();
  return { sent, opened: 0 };
}

async function openStreams(flood: Flood & { readonly kind: "streams" }): Promise<Flooded> {
  let [opened, over] = [0, false];
  const open = new Set<Socket>();
  const again = (address: string): void => {
    if (over) return;
    opened += 1;
    const to = { host: flood.server, port: flood.port, localAddress: address };
    const plain = connect(to);
    const socket = flood.tls ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
    open.add(socket);
    const write = (): void => {
      while (!socket.destroyed && socket.write(flood.text) && !flood.once);
    };
    socket.on(flood.tls ? "secureConnect" : "connect", write);
    if (!flood.once) socket.on("drain", write);
    socket.on("error", () => {});
    socket.on("close", () => {
      open.delete(socket);
      // Not in the same turn: what is refused at once would leave no time to see that the flood is over.
      setTimeout(() => again(address), TICK_MS);
    });
    socket.resume();
  };
  for (const address of flood.from) for (let at = 0; at < flood.perSource; at += 1) again(address);
  await new Promise((resolve) => setTimeout(resolve, flood.seconds * 1_000));
  over = true;
  for (const socket of open) socket.destroy();
  return { sent: 0, opened };
}

if (import.meta.main) {
  const flood = JSON.parse(process.argv[2] ?? "") as Flood;
  console.log("started");
  const flooded = await (flood.kind === "datagrams" ? sendDatagrams(flood) : openStreams(flood));
  console.log(JSON.stringify(flooded));
}
