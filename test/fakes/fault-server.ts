import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import type { ServerCertificate } from "./certificates.ts";

/** One HTTP request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Which connection it came on, from 1. */
  readonly connection: number;
}

/** What the server does with a request: it writes to the socket whatever it likes, at whatever pace. */
export type Behaviour = (socket: net.Socket, request: ReceivedRequest) => void;

export interface FaultServer {
  readonly port: number;
  /** `http://127.0.0.1:port` or `https://localhost:port`. */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
  behave(behaviour: Behaviour): void;
  /** Closes every idle or busy connection, but goes on listening. */
  dropConnections(): void;
  close(): Promise<void>;
}

export interface FaultServerOptions {
  readonly tls?: ServerCertificate;
  readonly host?: string;
  /** Do this with a connection before any request; by default requests are read. */
  readonly onConnect?: (socket: net.Socket) => void;
}

/** An HTTP/1.1 server on a free loopback port that misbehaves on command. Bodies of requests are not read. */
export async function startFaultServer(
  initial: Behaviour,
  options: FaultServerOptions = {},
): Promise<FaultServer> {
  let behaviour = initial;
  let connections = 0;
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<net.Socket>();
  const accept = (socket: net.Socket): void => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    // A test that fails leaves its server behind; that must not keep the process from ending.
    socket.setNoDelay(true).unref();
    if (options.onConnect !== undefined) return options.onConnect(socket);
    readRequests(socket, connection, (request) => {
      requests.push(request);
      behaviour(socket, request);
    });
  };
  const server = options.tls === undefined ? net.createServer(accept) : tls.createServer(options.tls, accept);
  server.on("tlsClientError", () => {});
  server.listen(0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  const { port } = server.unref().address() as net.AddressInfo;
  return {
    port,
    origin: options.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    behave(next) {
      behaviour = next;
    },
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function readRequests(
  socket: net.Socket,
  connection: number,
  onRequest: (request: ReceivedRequest) => void,
): void {
  let pending = "";
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let end = pending.indexOf("\r\n\r\n"); end >= 0; end = pending.indexOf("\r\n\r\n")) {
      const [line = "", ...fields] = pending.slice(0, end).split("\r\n");
      pending = pending.slice(end + 4);
      const [method = "", target = ""] = line.split(" ");
      const headers = new Map<string, string>();
      for (const field of fields) {
        const colon = field.indexOf(":");
        headers.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim());
      }
      onRequest({ method, target, headers, connection });
    }
  });
}

/** A well-formed reply. Header lines are given without their line ends. */
export function reply(body: string | Uint8Array, status = 200, headers: readonly string[] = []): Behaviour {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status} Test`, `Content-Length: ${bytes.length}`, ...headers].join("\r\n");
  return (socket) => {
    socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), bytes]));
  };
}

/** Exactly these bytes, then nothing. */
export function raw(text: string): Behaviour {
  return (socket) => {
    socket.write(text, "latin1");
  };
}

/** Exactly these bytes, then the end of the connection. */
export function rawThenClose(text: string): Behaviour {
  return (socket) => {
    socket.end(text, "latin1");
  };
}

/** Header first, then pieces of `piece` at this pace until the other side gives up. */
export function drip(head: string, piece: string, everyMs: number): Behaviour {
  return (socket) => {
    socket.write(head, "latin1");
    const timer = setInterval(() => socket.write(piece, "latin1"), everyMs);
    socket.on("close", () => clearInterval(timer));
  };
}

/** For ever, a piece in each turn of the event loop, as fast as the other side takes them. */
export function flood(head: string, piece: string): Behaviour {
  return (socket) => {
    socket.write(head, "latin1");
    const more = (): void => {
      if (socket.destroyed) return;
      if (socket.write(piece, "latin1")) setImmediate(more);
      else socket.once("drain", more);
    };
    more();
  };
}

/** A small compressed body that would unpack to `size` bytes. */
export function gzipBomb(size: number): Behaviour {
  return reply(gzipSync(Buffer.alloc(size, "a")), 200, ["Content-Encoding: gzip"]);
}

/** A port whose SYNs are dropped: the listener's accept queue is full and nobody takes from it. */
export interface BlackHole {
  readonly port: number;
  close(): Promise<void>;
}

const NEVER_ACCEPTS = `
  const { parentPort, workerData } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // The thread sleeps for good: the kernel completes handshakes until its queue is full, then drops SYNs.
    setImmediate(() => Atomics.wait(new Int32Array(workerData), 0, 0));
  });
`;

/** Starts one. Resolves once a connection attempt is no longer answered. */
export async function startBlackHole(): Promise<BlackHole> {
  const shared = new SharedArrayBuffer(4);
  const worker = new Worker(NEVER_ACCEPTS, { eval: true, workerData: shared });
  const [port] = (await once(worker, "message")) as [number];
  const fillers: net.Socket[] = [];
  while (fillers.length < 16) {
    const filler = net.connect(port, "127.0.0.1");
    filler.on("error", () => {});
    fillers.push(filler);
    const answered = await Promise.race([
      once(filler, "connect").then(() => true),
      new Promise<boolean>((resolve) => {
        // A SYN on loopback is answered within microseconds or not at all.
        setTimeout(() => resolve(false), 150);
      }),
    ]);
    if (!answered) break;
  }
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      Atomics.store(new Int32Array(shared), 0, 1);
      Atomics.notify(new Int32Array(shared), 0);
      await worker.terminate();
    },
  };
}
