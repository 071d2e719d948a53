import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";

/** Listens at a place, UDP and TCP, and answers nothing: proof of what comes there. */
export class Watch {
  /** First lines of datagrams, and `connection` for each stream. */
  readonly heard: string[] = [];
  readonly #udp: Socket;
  readonly #tcp: Server;

  private constructor(udp: Socket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on("message", (datagram) => this.heard.push(datagram.toString("utf8").split("\r\n", 1)[0] ?? ""));
    tcp.on("connection", (stream) => {
      this.heard.push("connection");
      stream.on("error", () => {});
      stream.on("data", (octets) => this.heard.push(octets.toString("utf8").split("\r\n", 1)[0] ?? ""));
    });
  }

  static async open(address: string, port = 5060): Promise<Watch> {
    const udp = createSocket({ type: "udp4" });
    const tcp = createServer();
    await Promise.all([
      new Promise<void>((resolve, reject) => {
        udp.once("error", reject);
        udp.bind(port, address, resolve);
      }),
      new Promise<void>((resolve, reject) => {
        tcp.once("error", reject);
        tcp.listen(port, address, resolve);
      }),
    ]);
    return new Watch(udp, tcp);
  }

  async close(): Promise<void> {
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
      new Promise<void>((resolve) => {
        this.#tcp.close(() => resolve());
      }),
    ]);
  }
}
