import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What the receiver does with a request; the query is decoded. */
export type Answer = (query: URLSearchParams, request: IncomingMessage, response: ServerResponse) => void;

/** A webhook receiver, in the process of the test. */
export class Receiver {
  /** Query of each request, in order. */
  readonly requests: URLSearchParams[] = [];
  readonly port: number;
  readonly #answer: Answer;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(server: Server, port: number, answer: Answer) {
    this.#server = server;
    this.port = port;
    this.#answer = answer;
    this.#serve(server);
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(answer: Answer): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return new Receiver(server, (server.address() as AddressInfo).port, answer);
  }

  /** Knows one code: ACK to that one, NAK to any other. */
  static forCode(right: string): Promise<Receiver> {
    return Receiver.start((query, _request, response) => {
      response.end(query.get("code") === right ? "status=ACK" : "status=NAK");
    });
  }

  /** The codes that it was asked about, in calls to one number or to all. */
  codes(did?: string): readonly (string | null)[] {
    const asked = this.requests.filter((query) => did === undefined || query.get("did") === did);
    return asked.map((query) => query.get("code"));
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Dies: connections are reset, the port is closed. Again: nothing happens. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of this.#sockets) socket.resetAndDestroy();
    });
  }

  #serve(server: Server): void {
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.on("request", (request, response) => {
      const query = new URL(request.url ?? "/", "http://receiver.invalid").searchParams;
      this.requests.push(query);
      this.#answer(query, request, response);
    });
  }
}
