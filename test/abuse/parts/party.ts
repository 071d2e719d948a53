import { createHash, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { until } from "../../support/process.ts";
import { header, headers, kind } from "../../support/sip-text.ts";

/** A server, or whoever else has an address. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** RFC 3261 §17.1.1.1. */
const T1_MS = 500;
const T2_MS = 4_000;

type Field = readonly [name: string, value: string];

/** A request as somebody writes it; what is left out is filled in so that nothing is wrong with it. */
export interface Shape {
  readonly method: string;
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  /** The whole Via value. */
  readonly via?: string;
  readonly maxForwards?: number;
  readonly contact?: string;
  readonly headers?: readonly Field[];
  readonly body?: string;
}

/** A datagram that came in. */
export interface Heard {
  readonly text: string;
  readonly from: Place;
}

export function token(): string {
  return randomBytes(8).toString("hex");
}

/** An address as it stands in a URI or Via: IPv6 in brackets (RFC 3261 §25.1). */
export function inUri(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** A UDP socket that speaks SIP as its test tells it to, right or wrong. */
export class Party {
  readonly address: string;
  readonly port: number;
  readonly heard: Heard[] = [];
  /** Called for every request, after it has been noted. */
  onRequest: (request: string, from: Place) => void = () => {};
  /** The same for every response. */
  onResponse: (response: string) => void = () => {};
  readonly #socket: Socket;
  /** Each stops the repeating of a request that is not answered yet. */
  readonly #repeating = new Set<() => void>();

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.address = address;
    this.port = socket.address().port;
    socket.on("message", (datagram, from) => {
      const text = datagram.toString("utf8");
      const heard = { text, from: { address: from.address, port: from.port } };
      this.heard.push(heard);
      if (text.startsWith("SIP/2.0")) this.onResponse(text);
      else this.onRequest(text, heard.from);
    });
  }

  static async open(address: string, port = 5060): Promise<Party> {
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", recvBufferSize: 4_194_304 });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, address, resolve);
    });
    return new Party(socket, address);
  }

  get requests(): readonly string[] {
    return this.heard.map(({ text }) => text).filter((text) => !text.startsWith("SIP/2.0"));
  }

  get responses(): readonly string[] {
    return this.heard.map(({ text }) => text).filter((text) => text.startsWith("SIP/2.0"));
  }

  /** The requests of one method. */
  of(method: string): readonly string[] {
    return this.requests.filter((text) => kind(text) === method);
  }

  write(shape: Shape, to: Place): string {
    const { method, body = "", callId = token(), cseq = 1 } = shape;
    const [here, there] = [`${inUri(this.address)}:${this.port}`, inUri(to.address)];
    const via = shape.via ?? `SIP/2.0/UDP ${here};rport;branch=${shape.branch ?? `z9hG4bK${token()}`}`;
    const lines: Field[] = [
      ["Via", via],
      ["Max-Forwards", String(shape.maxForwards ?? 70)],
      ["From", shape.from ?? `<sip:somebody@${inUri(this.address)}>;tag=${token()}`],
      ["To", shape.to ?? `<sip:somebody@${there}>`],
      ["Call-ID", callId],
      ["CSeq", `${cseq} ${method}`],
      ["Contact", shape.contact ?? `<sip:somebody@${here}>`],
      ...(shape.headers ?? []),
      ...(body === "" ? [] : [["Content-Type", "application/sdp"] as const]),
      ["Content-Length", String(Buffer.byteLength(body))],
    ];
    const start = `${method} ${shape.uri ?? `sip:${there}`} SIP/2.0`;
    return `${start}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
  }

  send(text: string | Buffer, to: Place): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(text, to.port, to.address, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** Sends a request and waits for its final response; a refused INVITE gets its ACK. */
  ask(shape: Shape, to: Place, withinMs?: number): Promise<string> {
    return this.exchange(this.write(shape, to), to, withinMs);
  }

  /** The same for a request that has been written. */
  async exchange(request: string, to: Place, withinMs?: number): Promise<string> {
    const stop = this.repeat(request, to);
    const response = await this.finalTo(request, withinMs).finally(stop);
    if (request.startsWith("INVITE ") && Number(kind(response)) >= 300) {
      await this.send(this.ackOf(request, response), to);
    }
    return response;
  }

  /**
   * Sends a request, and again until it is answered (an INVITE: until it is answered at all), as every client does over UDP
   * (RFC 3261 §17.1.1.2 and §17.1.2.2). Returns how to stop.
   */
  repeat(request: string, to: Place): () => void {
    const isInvite = request.startsWith("INVITE ");
    let everyMs = T1_MS;
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      this.#repeating.delete(stop);
    };
    const givenUpAt = performance.now() + 64 * T1_MS;
    const again = (): void => {
      const isOver = performance.now() >= givenUpAt;
      if (isOver || this.#answerTo(request, isInvite ? 100 : 200) !== undefined) return stop();
      void this.send(request, to);
      everyMs = isInvite ? 2 * everyMs : Math.min(2 * everyMs, T2_MS);
      timer = setTimeout(again, everyMs).unref();
    };
    void this.send(request, to);
    timer = setTimeout(again, everyMs).unref();
    this.#repeating.add(stop);
    return stop;
  }

  /** The final response to a request that was sent. */
  finalTo(request: string, withinMs?: number): Promise<string> {
    return until(`the answer to\n${request}`, () => this.#answerTo(request, 200), withinMs);
  }

  #answerTo(request: string, fromStatus: number): string | undefined {
    const [callId, cseq] = [header(request, "Call-ID"), header(request, "CSeq")];
    const branch = /branch=([^;\r\n]+)/.exec(request)?.[1] ?? "";
    return this.responses.find(
      (text) =>
        Number(kind(text)) >= fromStatus &&
        header(text, "Call-ID") === callId &&
        header(text, "CSeq") === cseq &&
        text.includes(branch),
    );
  }

  /** The ACK to a response; for a 2xx with a branch of its own. */
  ackOf(request: string, response: string): string {
    const success = kind(response).startsWith("2");
    const uri = success
      ? (/<([^>]*)>/.exec(header(response, "Contact"))?.[1] ?? "")
      : (request.split(" ")[1] ?? "");
    const via = success
      ? header(request, "Via").replace(/branch=[^;]+/, `branch=z9hG4bK${token()}`)
      : header(request, "Via");
    return [
      `ACK ${uri} SIP/2.0`,
      `Via: ${via}`,
      "Max-Forwards: 70",
      `From: ${header(request, "From")}`,
      `To: ${header(response, "To")}`,
      `Call-ID: ${header(request, "Call-ID")}`,
      `CSeq: ${header(request, "CSeq").split(" ")[0]} ACK`,
      "Content-Length: 0",
      "\r\n",
    ].join("\r\n");
  }

  /** A response to a request that came. */
  async reply(
    request: string,
    to: Place,
    status: number,
    options: { readonly headers?: readonly Field[]; readonly body?: string; readonly tag?: string } = {},
  ): Promise<void> {
    const { body = "", tag = "uas" } = options;
    const lines: Field[] = [
      ...headers(request, "Via").map((via) => ["Via", via] as const),
      ["From", header(request, "From")],
      ["To", status === 100 ? header(request, "To") : `${header(request, "To")};tag=${tag}`],
      ["Call-ID", header(request, "Call-ID")],
      ["CSeq", header(request, "CSeq")],
      ["Contact", `<sip:${inUri(this.address)}:${this.port}>`],
      ...(options.headers ?? []),
      ...(body === "" ? [] : [["Content-Type", "application/sdp"] as const]),
      ["Content-Length", String(Buffer.byteLength(body))],
    ];
    const text = `SIP/2.0 ${status} Whatever\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
    await this.send(text, to);
  }

  /** Registers an extension from here; the status of the last answer. */
  async register(extension: string, password: string, to: Place, more: Partial<Shape> = {}): Promise<string> {
    const there = inUri(to.address);
    const uri = `sip:${there}`;
    const shape: Shape = {
      method: "REGISTER",
      uri,
      from: `<sip:${extension}@${there}>;tag=${token()}`,
      to: `<sip:${extension}@${there}>`,
      callId: token(),
      contact: `<sip:${extension}@${inUri(this.address)}:${this.port}>`,
      ...more,
    };
    const challenge = await this.ask(shape, to);
    const proof = authorization(challenge, { username: extension, password, method: "REGISTER", uri });
    const fields = [...(shape.headers ?? []), ["Authorization", proof] as const];
    const cseq = (shape.cseq ?? 1) + 1;
    return kind(await this.ask({ ...shape, cseq, headers: fields }, to));
  }

  async close(): Promise<void> {
    for (const stop of this.#repeating) stop();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

export interface Proof {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  /** Nonce count, 1 when left out. */
  readonly nc?: number;
}

/** The Authorization value that answers a response's MD5 challenge (RFC 7616), reckoned without our own code. */
export function authorization(challenge: string, proof: Proof): string {
  const offered = headers(challenge, "WWW-Authenticate").find((line) => !line.includes("SHA-256")) ?? "";
  const realm = /realm="([^"]*)"/.exec(offered)?.[1] ?? "";
  const nonce = /nonce="([^"]*)"/.exec(offered)?.[1] ?? "";
  return proofFor(realm, nonce, proof);
}

export function proofFor(realm: string, nonce: string, proof: Proof): string {
  const { username, password, method, uri } = proof;
  const nc = (proof.nc ?? 1).toString(16).padStart(8, "0");
  const cnonce = token();
  const ha1 = md5(`${username}:${realm}:${password}`);
  const response = md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  const parts = [
    `username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `response="${response}"`,
    "algorithm=MD5",
    `cnonce="${cnonce}"`,
    "qop=auth",
    `nc=${nc}`,
  ];
  return `Digest ${parts.join(", ")}`;
}

function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** An audio offer or answer. */
export function sdp(address: string): string {
  const lines = ["v=0", `o=- 7 7 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0"];
  return `${[...lines, "m=audio 40000 RTP/AVP 8", "a=rtpmap:8 PCMA/8000"].join("\r\n")}\r\n`;
}
