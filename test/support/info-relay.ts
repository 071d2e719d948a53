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
  /** The ACK of the phone's newest call: who speaks with whom. */
  #ack = "";
  #callId = "";
  /** The highest number that the server has seen in the dialog. */
  #cseq = 0;
  /** By how much the phone counts too low. */
  #behind = 0;
  #statuses: string[] = [];

  get at(): string {
    return this.#options.at;
  }

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#socket.on("message", (datagram, from) => {
      const { phone, server } = options;
      if (from.address === phone.host) this.#send(this.#fromPhone(datagram), server);
      else if (!this.#isOurs(datagram)) this.#send(this.#renumbered(datagram, -this.#behind), phone);
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
      this.#ack.split("\r\n", 1)[0]?.replace("ACK", "INFO") ?? "",
      `Via: ${via}`,
      "Max-Forwards: 70",
      ...["From", "To", "Call-ID"].map((name) => `${name}: ${header(this.#ack, name)}`),
      `CSeq: ${this.#cseq} INFO`,
      "Content-Type: application/dtmf-relay",
      `Content-Length: ${body.length}`,
      "",
      body,
    ];
    const answered = this.#statuses.length;
    this.#send(Buffer.from(lines.join("\r\n")), this.#options.server);
    await until(`the answer to INFO ${key}`, () => this.#statuses.length > answered);
    const status = this.#statuses.at(-1) ?? "";
    if (status !== "200") throw new Error(`INFO ${key} was answered ${status}`);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #fromPhone(datagram: Buffer): Buffer {
    const text = datagram.toString("latin1");
    if (text.trim() === "" || text.startsWith("SIP/2.0")) return datagram;
    const callId = header(text, "Call-ID");
    if (kind(text) === "ACK" && callId !== this.#callId) {
      [this.#ack, this.#callId, this.#behind, this.#cseq] = [text, callId, 0, cseqOf(text)];
    }
    if (callId !== this.#callId) return datagram;
    const renumbered = this.#renumbered(datagram, this.#behind);
    this.#cseq = Math.max(this.#cseq, cseqOf(renumbered.toString("latin1")));
    return renumbered;
  }

  /** Only requests of the phone in its dialog, and the answers to them. */
  #renumbered(datagram: Buffer, by: number): Buffer {
    const text = datagram.toString("latin1");
    const inDialog = this.#callId !== "" && text.includes(`Call-ID: ${this.#callId}\r\n`);
    if (by === 0 || !inDialog || (by < 0 && !text.startsWith("SIP/2.0"))) return datagram;
    const there = text.replace(/^CSeq: (\d+)/m, (_line, number: string) => `CSeq: ${Number(number) + by}`);
    return Buffer.from(there, "latin1");
  }

  #isOurs(datagram: Buffer): boolean {
    const text = datagram.toString("latin1");
    if (!text.startsWith("SIP/2.0") || !header(text, "CSeq").endsWith(" INFO")) return false;
    this.#statuses.push(kind(text));
    return true;
  }

  #send(datagram: Buffer, to: Place): void {
    this.#socket.send(datagram, to.port, to.host);
  }
}

function cseqOf(text: string): number {
  return Number(header(text, "CSeq").split(" ")[0]);
}
