import { connect, type Socket } from "node:net";
import { until } from "../../support/process.ts";
import { header, headers, kind } from "../../support/sip-text.ts";
import { authorization, type Place, token } from "./party.ts";

/** A phone on a TCP stream of its own, which registers with whatever Contact it likes and is busy. */
export class StreamPhone {
  readonly requests: string[] = [];
  readonly #responses: string[] = [];
  readonly #socket: Socket;
  #unread = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (octets) => {
      this.#unread += octets.toString("latin1");
      this.#read();
    });
  }

  static async open(from: string, server: Place): Promise<StreamPhone> {
    const socket = connect({ host: server.address, port: server.port, localAddress: from });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new StreamPhone(socket);
  }

  /** Registers; the last status. `contact` is the whole value. */
  async register(extension: string, password: string, server: Place, contact: string): Promise<string> {
    const uri = `sip:${server.address}`;
    const callId = token();
    const write = (cseq: number, proof: string): string =>
      [
        `REGISTER ${uri} SIP/2.0`,
        `Via: SIP/2.0/TCP 192.0.2.1;rport;branch=z9hG4bK${token()}`,
        "Max-Forwards: 70",
        `From: <sip:${extension}@${server.address}>;tag=1`,
        `To: <sip:${extension}@${server.address}>`,
        `Call-ID: ${callId}`,
        `CSeq: ${cseq} REGISTER`,
        `Contact: ${contact}`,
        "Expires: 3600",
        ...(proof === "" ? [] : [`Authorization: ${proof}`]),
        "Content-Length: 0",
        "\r\n",
      ].join("\r\n");
    this.#socket.write(write(1, ""));
    const challenge = await this.#answer(callId, "1 REGISTER");
    const proof = authorization(challenge, { username: extension, password, method: "REGISTER", uri });
    this.#socket.write(write(2, proof));
    return kind(await this.#answer(callId, "2 REGISTER"));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once("close", () => resolve());
      this.#socket.destroy();
    });
  }

  #answer(callId: string, cseq: string): Promise<string> {
    return until(`the answer to ${cseq}`, () =>
      this.#responses.find((text) => header(text, "Call-ID") === callId && header(text, "CSeq") === cseq),
    );
  }

  #read(): void {
    for (;;) {
      const end = this.#unread.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/^content-length: *(\d+)/im.exec(this.#unread.slice(0, end))?.[1] ?? 0);
      if (this.#unread.length < end + 4 + length) return;
      const text = this.#unread.slice(0, end + 4 + length);
      this.#unread = this.#unread.slice(end + 4 + length);
      if (text.startsWith("SIP/2.0")) this.#responses.push(text);
      else this.#onRequest(text);
    }
  }

  #onRequest(text: string): void {
    this.requests.push(text);
    if (kind(text) !== "INVITE") return;
    this.#socket.write(
      [
        "SIP/2.0 486 Busy Here",
        ...headers(text, "Via").map((via) => `Via: ${via}`),
        `From: ${header(text, "From")}`,
        `To: ${header(text, "To")};tag=${token()}`,
        `Call-ID: ${header(text, "Call-ID")}`,
        `CSeq: ${header(text, "CSeq")}`,
        "Content-Length: 0",
        "\r\n",
      ].join("\r\n"),
    );
  }
}
