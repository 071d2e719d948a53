import type { Socket } from "node:dgram";
import { Histogram } from "./histogram.ts";
import { connected } from "./media-calls.ts";
import { header, type Party } from "./probe-calls.ts";

/** Seldom enough to cost nothing beside the sound. */
const EVERY_MS = 200;

/** Asks the server's signalling for its options again and again, and takes the time of each answer. */
export class SignallingPing {
  readonly delays = new Histogram();
  readonly #socket: Socket;
  readonly #host: string;
  readonly #server: Party;
  readonly #sentAt = new Map<string, number>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: Socket, host: string, server: Party) {
    this.#socket = socket;
    this.#host = host;
    this.#server = server;
    socket.on("message", (octets) => this.#hears(octets.toString("latin1"), performance.now()));
  }

  static async open(host: string, server: Party): Promise<SignallingPing> {
    return new SignallingPing(await connected({ host, port: 0 }, server), host, server);
  }

  start(): void {
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  close(): void {
    this.stop();
    this.#socket.close();
  }

  #send(): void {
    this.#count += 1;
    const id = `ping-${this.#count}@${this.#host}`;
    const { port } = this.#socket.address();
    const to = `${this.#server.host}:${this.#server.port}`;
    const text = [
      `OPTIONS sip:${to} SIP/2.0`,
      `Via: SIP/2.0/UDP ${this.#host}:${port};rport;branch=z9hG4bK-ping-${this.#count}`,
      "Max-Forwards: 70",
      `From: <sip:ping@${this.#host}:${port}>;tag=ping-${this.#count}`,
      `To: <sip:${to}>`,
      `Call-ID: ${id}`,
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    this.#sentAt.set(id, performance.now());
    this.#socket.send(text);
  }

  #hears(text: string, atMs: number): void {
    const id = header(text, "Call-ID");
    const sentAt = this.#sentAt.get(id);
    this.#sentAt.delete(id);
    if (sentAt !== undefined) this.delays.add(atMs - sentAt);
  }
}
