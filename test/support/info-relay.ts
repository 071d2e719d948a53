import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { until } from "./process.ts";
import { header, kind } from "./sip-text.ts";

/** Where a program is heard. */
interface Place {
  readonly host: string;
  readonly port: number;
}

export interface RelayOptions {
  /** Its address towards both; port 5060. */
  readonly at: string;
  readonly server: Place;
  /** Where the phone is heard and speaks from. */
  readonly phone: Place;
}

/**
 * Stands between a phone and the server, and tells of keys by SIP INFO in the phone's name: baresip 1.0 does not do that
 * itself. What the phone sends later in the dialog is numbered onwards (RFC 3261 §12.2.1.1), and the answers back.
 */
export class InfoRelay {
  readonly #options: RelayOptions;
  readonly #socket: Socket = createSocket("udp4");
  /** The answer to the phone's newest call: who speaks with whom. */
  #answer = "";
  #callId = "";
  /** The highest number that the server has seen in the dialog. */
  #cseq = 0;
  /** By how much the phone counts too low. */
  #behind = 0;
  readonly #statuses: string[] = [];

  get at(): string {
    return this.#options.at;
  }

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#socket.on("message", (datagram, from) => {
      const { phone, server } = options;
      const text = datagram.toString("latin1");
      if (from.address === phone.host) this.#send(this.#fromPhone(text), server);
      else if (!this.#isOurs(text)) this.#send(this.#fromServer(text), phone);
    });
  }

  static async start(options: RelayOptions): Promise<InfoRelay> {
    const relay = new InfoRelay(options);
    await new Promise<void>((resolve, reject) => {
      relay.#socket.once("error", reject).bind(5060, options.at, resolve);
    });
    return relay;
  }

  /** Presses a key in the phone's call; it must be answered 200. */
  async press(key: string): Promise<void> {
    this.#cseq += 1;
    this.#behind += 1;
    const body = `Signal=${key}\r\nDuration=160\r\n`;
    const via = `SIP/2.0/UDP ${this.#options.at}:5060;rport;branch=z9hG4bK${randomBytes(8).toString("hex")}`;
    const lines = [
      `INFO ${/<([^>]*)>/.exec(header(this.#answer, "Contact"))?.[1] ?? ""} SIP/2.0`,
      `Via: ${via}`,
      "Max-Forwards: 70",
      ...["From", "To", "Call-ID"].map((name) => `${name}: ${header(this.#answer, name)}`),
      `CSeq: ${this.#cseq} INFO`,
      "Content-Type: application/dtmf-relay",
      `Content-Length: ${body.length}`,
      "",
      body,
    ];
    const answered = this.#statuses.length;
    this.#send(lines.join("\r\n"), this.#options.server);
    await until(`the answer to INFO ${key}`, () => this.#statuses.length > answered);
    const status = this.#statuses.at(-1) ?? "";
    if (status !== "200") throw new Error(`INFO ${key} was answered ${status}`);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  /** What comes after an INFO in the dialog counts on from it. */
  #fromPhone(text: string): string {
    if (this.#callId === "" || text.startsWith("SIP/2.0") || !text.includes(this.#callId)) return text;
    const renumbered = kind(text) === "ACK" ? text : counted(text, this.#behind);
    this.#cseq = Math.max(this.#cseq, cseqOf(renumbered));
    return renumbered;
  }

  #fromServer(text: string): string {
    if (!text.startsWith("SIP/2.0 2") || text.trim() === "") return text;
    const [callId, method] = [header(text, "Call-ID"), header(text, "CSeq").split(" ")[1]];
    if (method === "INVITE") {
      if (callId !== this.#callId) this.#behind = 0;
      [this.#answer, this.#callId] = [text, callId];
      this.#cseq = this.#behind === 0 ? cseqOf(text) : this.#cseq;
      // So that the rest of the dialog comes this way too.
      return text.replace("\r\n", `\r\nRecord-Route: <sip:${this.#options.at};lr>\r\n`);
    }
    return callId === this.#callId ? counted(text, -this.#behind) : text;
  }

  #isOurs(text: string): boolean {
    if (!text.startsWith("SIP/2.0") || !header(text, "CSeq").endsWith(" INFO")) return false;
    this.#statuses.push(kind(text));
    return true;
  }

  #send(text: string, to: Place): void {
    this.#socket.send(Buffer.from(text, "latin1"), to.port, to.host);
  }
}

function counted(text: string, by: number): string {
  return text.replace(/^CSeq: (\d+)/m, (_line, number: string) => `CSeq: ${Number(number) + by}`);
}

function cseqOf(text: string): number {
  return Number(header(text, "CSeq").split(" ")[0]);
}
