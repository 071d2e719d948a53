import type { Socket } from "node:net";
import { until } from "../../support/process.ts";
import { header, kind } from "../../support/sip-text.ts";
import { authorization, sdp, token } from "./party.ts";

/** A phone, or a trunk, on one TCP or TLS connection. */
export class StreamParty {
  readonly #socket: Socket;
  #text = "";
  #ended = false;
  #cseq = 0;
  readonly #callId = token();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
    });
  }

  /** Connects; the handshake of TLS is waited for too. */
  static async open(connect: () => Socket): Promise<StreamParty> {
    const socket = connect();
    const phone = new StreamParty(socket);
    const ready = "encrypted" in socket ? "secureConnect" : "connect";
    await new Promise<void>((resolve, reject) => {
      socket.once(ready, resolve);
      socket.once("close", () => reject(new Error("the connection was refused")));
    });
    return phone;
  }

  get open(): boolean {
    return !this.#ended;
  }

  /** Registers an extension; the status of the last answer. */
  async register(extension: string, password: string, host: string): Promise<string> {
    const uri = `sip:${host}`;
    const user = `sip:${extension}@${host}`;
    const challenge = await this.#exchange("REGISTER", uri, user);
    if (kind(challenge) !== "401") return kind(challenge);
    const proof = authorization(challenge, { username: extension, password, method: "REGISTER", uri });
    return kind(await this.#exchange("REGISTER", uri, user, `Authorization: ${proof}\r\n`));
  }

  /** Sends a request outside of anything; the status of its answer. */
  async ask(method: string, host: string): Promise<string> {
    return kind(await this.#exchange(method, `sip:${host}`, `sip:somebody@${host}`));
  }

  /** Calls a number and waits for nothing. */
  invite(number: string, host: string): void {
    const body = sdp(this.#socket.localAddress ?? "");
    this.#write(
      "INVITE",
      `sip:${number}@${host}`,
      `sip:+31612345000@${host}`,
      "Content-Type: application/sdp\r\n",
      body,
    );
  }

  close(): void {
    this.#socket.destroy();
  }

  async #exchange(method: string, uri: string, user: string, more = ""): Promise<string> {
    const cseq = this.#write(method, uri, user, more);
    return until(`the answer to ${method} over a stream`, () => {
      if (this.#ended) throw new Error(`the connection was closed before the answer to ${method}`);
      return this.#text
        .split(/(?=SIP\/2\.0 )/)
        .find(
          (text) =>
            Number(kind(text)) >= 200 &&
            text.includes("\r\n\r\n") &&
            header(text, "CSeq") === `${cseq} ${method}`,
        );
    });
  }

  #write(method: string, uri: string, user: string, more = "", body = ""): number {
    this.#cseq += 1;
    const { localAddress, localPort } = this.#socket;
    const transport = "encrypted" in this.#socket ? "TLS" : "TCP";
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/${transport} ${localAddress}:${localPort};rport;branch=z9hG4bK${token()}`,
      "Max-Forwards: 70",
      `From: <${user}>;tag=${token()}`,
      `To: <${method === "REGISTER" ? user : uri}>`,
      `Call-ID: ${this.#callId}-${method}`,
      `CSeq: ${this.#cseq} ${method}`,
      `Contact: <sip:somebody@${localAddress}:${localPort};transport=${transport.toLowerCase()}>`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#socket.write(`${lines.join("\r\n")}\r\n${more}\r\n${body}`);
    return this.#cseq;
  }
}
