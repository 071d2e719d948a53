import type { Socket } from "node:net";
import { connect as connectTcp } from "node:net";
import { connect } from "node:tls";
import { token } from "../abuse/parts/party.ts";
import { until } from "./process.ts";
import { header, kind } from "./sip-text.ts";

interface Call {
  readonly callId: string;
  readonly invite: string;
  answer: string;
}

/** A trunk that has calls up on one TLS connection. */
export class TlsCaller {
  readonly #socket: Socket;
  readonly #responses: string[] = [];
  readonly #calls: Call[] = [];
  #unread = "";
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => (this.#ended = true));
    socket.on("data", (octets: Buffer) => {
      this.#unread += octets.toString("latin1");
      this.#read();
    });
  }

  /** Connects from an address; certificates are not checked. */
  static async open(from: string, server: { host: string; port: number }): Promise<TlsCaller> {
    const raw = connectTcp({ ...server, localAddress: from });
    const socket = connect({ socket: raw, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    return new TlsCaller(socket);
  }

  get open(): boolean {
    return !this.#ended;
  }

  /** The answers of the calls that are up. */
  get answers(): readonly string[] {
    return this.#calls.map(({ answer }) => answer);
  }

  /** Sets up calls and waits until all are answered. */
  async call(number: string, count: number): Promise<void> {
    const fresh = Array.from({ length: count }, (): Call => {
      const callId = token();
      return {
        callId,
        invite: this.#write("INVITE", { callId, uri: `sip:${number}@pbx`, to: "" }, 1),
        answer: "",
      };
    });
    for (const call of fresh) {
      call.answer = await this.#answer(call.callId, "1 INVITE");
      if (kind(call.answer) !== "200") throw new Error(`the call was answered ${kind(call.answer)}`);
      this.#write("ACK", this.#inDialog(call), 1);
      this.#calls.push(call);
    }
  }

  /** Hangs all of them up and waits for the answers. */
  async hangUp(): Promise<void> {
    for (const call of this.#calls) {
      this.#write("BYE", this.#inDialog(call), 2);
      const answer = await this.#answer(call.callId, "2 BYE");
      if (kind(answer) !== "200") throw new Error(`BYE was answered ${kind(answer)}`);
    }
    this.#calls.length = 0;
  }

  close(): void {
    this.#socket.destroy();
  }

  #inDialog(call: Call): { callId: string; uri: string; to: string } {
    const uri = /<(.*)>/.exec(header(call.answer, "Contact"))?.[1] ?? "";
    return { callId: call.callId, uri, to: header(call.answer, "To") };
  }

  #write(
    method: string,
    { callId, uri, to }: { callId: string; uri: string; to: string },
    cseq: number,
  ): string {
    const { localAddress: host, localPort: port } = this.#socket;
    const body =
      method === "INVITE"
        ? `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8\r\n`
        : "";
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/TLS ${host}:${port};rport;branch=z9hG4bK${token()}`,
      "Max-Forwards: 70",
      `From: <sip:+31612345678@${host}>;tag=${callId}`,
      `To: ${to === "" ? `<${uri}>` : to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:caller@${host}:${port};transport=tls>`,
      ...(body === "" ? [] : ["Content-Type: application/sdp"]),
      `Content-Length: ${body.length}`,
    ];
    const text = `${lines.join("\r\n")}\r\n\r\n${body}`;
    this.#socket.write(text);
    return text;
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
      if (Number(kind(text)) >= 200) this.#responses.push(text);
    }
  }
}
