import type { Clock } from "../../src/runtime/clock.ts";
import type { Ids } from "../../src/runtime/ids.ts";
import type { DigestClient, Flow } from "../../src/sip/index.ts";
import { buildRequest, buildResponse } from "../../src/sip/message/build.ts";
import type { SipRequest, SipResponse } from "../../src/sip/message/message.ts";
import type { ClientTransaction, ServerTransaction, Transactions } from "../../src/sip/transaction/user.ts";
import { AgentDialog, ALLOW, type Field, type InDialog, sdpType } from "./agent-dialog.ts";
import { sdp } from "./sdp.ts";

export interface InviteOptions {
  /** From without tag; by default the agent's own address. */
  readonly from?: string;
  /** To without tag; by default the Request-URI. */
  readonly to?: string;
  /** Empty: an INVITE without SDP. */
  readonly sdp?: string;
  readonly headers?: readonly Field[];
  readonly maxForwards?: number;
  /** False: the scenario acknowledges 2xx itself. */
  readonly ack?: boolean;
  /** Goes into the ACK: the answer to an offer in the 2xx. */
  readonly answer?: string;
  /** False: the scenario sends PRACK itself. */
  readonly prack?: boolean;
  readonly callId?: string;
}

export interface ReplyOptions {
  readonly sdp?: string;
  readonly headers?: readonly Field[];
  /** To tag; several make forks. */
  readonly tag?: string;
  /** Reliable, with this RSeq (RFC 3262). */
  readonly rseq?: number;
  /** False: a 2xx goes out once only. */
  readonly repeat?: boolean;
  readonly reason?: string;
  /** Methods in its Allow. */
  readonly allow?: string;
}

/** How a request of the agent's own in a dialog went. */
export interface Exchange {
  readonly request: SipRequest;
  /** Statuses, provisional ones included; 408 and 503 stand for time-out and transport error. */
  readonly heard: number[];
  readonly responses: SipResponse[];
  /** Sends CANCEL for it: of a re-INVITE. */
  readonly cancel: () => void;
}

/** What a call needs of the agent that has it. */
export interface CallOwner {
  readonly user: string;
  readonly address: string;
  readonly realm: string;
  /** Where the switchboard listens. */
  readonly board: string;
  readonly contact: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly transactions: Transactions;
  readonly digest: DigestClient | undefined;
  flow(): Flow;
}

const T1 = 500;
const T2 = 4000;

/** One call of an agent, from either side. */
export class AgentCall {
  readonly agent: CallOwner;
  readonly direction: "out" | "in";
  readonly options: InviteOptions;
  /** Statuses that its INVITE heard, in order, copies included. */
  readonly heard: number[] = [];
  readonly responses: SipResponse[] = [];
  /** ACKs to 2xx that it got. */
  readonly acks: SipRequest[] = [];
  /** Requests inside the dialog that it got: `BYE`, `INVITE` … */
  readonly requests: ServerTransaction[] = [];
  cancelRequest: SipRequest | undefined;
  /** What it answers to requests inside the dialog; by default 200, to an offer with its own SDP. */
  readonly on = new Map<string, (transaction: ServerTransaction) => void>();
  /** On CANCEL; by default 487. */
  onCancel: () => void = () => this.respond(487);
  /** ACKs that it sent. */
  acksSent = 0;
  invite: SipRequest;
  ended = false;
  #server: ServerTransaction | undefined;
  #client: ClientTransaction | undefined;
  readonly #dialog: AgentDialog;
  /** To tags under which requests come to it. */
  readonly #tags = new Set<string>();
  #challenged = false;
  /** RSeq by To tag: acknowledged up to here. */
  readonly #pracked = new Map<string, number>();

  private constructor(agent: CallOwner, direction: "out" | "in", invite: SipRequest, options: InviteOptions) {
    this.agent = agent;
    this.direction = direction;
    this.invite = invite;
    this.options = options;
    const localTag = direction === "out" ? (invite.from.tag ?? "") : agent.ids.hex(64);
    this.#dialog = new AgentDialog(direction, localTag, invite);
    this.#tags.add(localTag);
  }

  static outgoing(agent: CallOwner, to: string, options: InviteOptions): AgentCall {
    const { board, user, realm, address } = agent;
    const uri = to.includes(":") ? to : `sip:${to}@${board}`;
    const body = options.sdp ?? sdp({ at: address });
    const request = buildRequest({
      method: "INVITE",
      uri,
      headers: [
        ["Max-Forwards", String(options.maxForwards ?? 70)],
        ["From", `${options.from ?? `<sip:${user}@${realm}>`};tag=${agent.ids.hex(64)}`],
        ["To", options.to ?? `<${uri}>`],
        ["Call-ID", options.callId ?? `${agent.ids.hex(96)}@${address}`],
        ["CSeq", "1 INVITE"],
        ["Contact", agent.contact],
        ...(options.headers ?? []),
        ...sdpType(body, options.headers),
      ],
      body,
    });
    const call = new AgentCall(agent, "out", request, options);
    call.#sendInvite(request);
    return call;
  }

  static incoming(agent: CallOwner, transaction: ServerTransaction): AgentCall {
    const call = new AgentCall(agent, "in", transaction.request, {});
    call.#server = transaction;
    return call;
  }

  get id(): string {
    return this.invite.callId;
  }

  /** The last status heard, 100 excepted. */
  get last(): number | undefined {
    return this.heard.filter((status) => status !== 100).at(-1);
  }

  /** SDP of the last response that had one (direction out), or of the INVITE (in). */
  get remoteSdp(): string {
    if (this.direction === "in") return this.invite.body.toString("utf8");
    const bodies = this.responses.map(({ body }) => body.toString("utf8")).filter((text) => text !== "");
    return bodies.at(-1) ?? "";
  }

  header(name: string): string | undefined {
    return this.invite.headers.get(name);
  }

  /** How many requests of this method came inside the dialog. */
  got(method: string): number {
    return this.requests.filter(({ request }) => request.method === method).length;
  }

  owns(request: SipRequest): boolean {
    return request.callId === this.id && this.#tags.has(request.to.tag ?? "");
  }

  isOf(transaction: ServerTransaction): boolean {
    return this.#server?.request.callId === transaction.request.callId;
  }

  // --- as the called party

  /** A response to the INVITE. */
  respond(status: number, options: ReplyOptions = {}): void {
    const server = this.#server;
    if (server === undefined) throw new Error("only the called party responds");
    const tag = options.tag ?? this.#dialog.localTag;
    this.#tags.add(tag);
    const body = options.sdp ?? "";
    const response = buildResponse(server.request, status, options.reason, {
      toTag: status === 100 ? undefined : tag,
      headers: [
        ...(status < 300 ? ([["Contact", this.agent.contact]] as const) : []),
        options.allow === undefined ? ALLOW : ["Allow", options.allow],
        ...(options.rseq === undefined
          ? []
          : ([
              ["Require", "100rel"],
              ["RSeq", String(options.rseq)],
            ] as const)),
        ...(options.headers ?? []),
        ...sdpType(body, options.headers),
      ],
      body,
    });
    server.respond(response);
    if (status < 200 || status >= 300) return;
    this.#dialog.localTag = tag;
    if (options.repeat !== false) this.#repeat(server, response, tag);
  }

  ring(): void {
    this.respond(180);
  }

  /** 200 with SDP, repeated until the ACK. */
  answer(options: ReplyOptions = {}): void {
    this.respond(200, { sdp: sdp({ at: this.agent.address }), ...options });
  }

  // --- as the caller

  cancel(headers: readonly Field[] = []): void {
    this.#client?.cancel(headers);
  }

  /** ACK to the last 2xx. */
  ack(body = this.options.answer ?? ""): void {
    const response = this.responses.findLast(({ status }) => status >= 200 && status < 300);
    if (response === undefined) throw new Error("nothing to acknowledge");
    this.#ack(response, body);
  }

  // --- inside the dialog

  bye(headers: readonly Field[] = []): Exchange {
    return this.send("BYE", { headers });
  }

  reinvite(body: string, headers: readonly Field[] = [], answer = ""): Exchange {
    return this.send("INVITE", { body, headers, answer });
  }

  update(body: string, headers: readonly Field[] = []): Exchange {
    return this.send("UPDATE", { body, headers });
  }

  info(type: string, body: string): Exchange {
    return this.send("INFO", { body, headers: [["Content-Type", type]] });
  }

  /** Any request inside the dialog. A 2xx to INVITE is acknowledged, `answer` in the ACK. */
  send(
    method: string,
    parts: {
      readonly body?: string;
      readonly headers?: readonly Field[];
      readonly answer?: string;
      readonly tag?: string;
      readonly sequence?: number;
      readonly ack?: boolean;
      /** Who sends it, in place of the agent: it has moved, or somebody pretends to be it. */
      readonly by?: CallOwner;
    } = {},
  ): Exchange {
    const headers: Field[] = [...(parts.headers ?? [])];
    const body = parts.body ?? "";
    headers.push(...sdpType(body, headers));
    const sequence = parts.sequence ?? this.#dialog.nextSequence();
    const request = this.#build({ method, sequence, headers, body, remoteTag: parts.tag });
    const exchange: Exchange = { request, heard: [], responses: [], cancel: () => sent.cancel() };
    const flow = parts.by?.flow() ?? this.#flow();
    const sent = (parts.by ?? this.agent).transactions.request(request, flow, {
      onResponse: (response) => {
        exchange.heard.push(response.status);
        exchange.responses.push(response);
        if (method === "INVITE" && response.status >= 200 && response.status < 300 && parts.ack !== false) {
          this.#sendAck(response.cseq.number, parts.answer ?? "", response.to.tag);
        }
      },
      onTimeout: () => exchange.heard.push(408),
      onTransportError: () => exchange.heard.push(503),
    });
    return exchange;
  }

  /** PRACK for a reliable provisional response. */
  prack(response: SipResponse, parts: { readonly rack?: string; readonly body?: string } = {}): Exchange {
    const rseq = response.headers.get("rseq") ?? "";
    const rack = parts.rack ?? `${rseq} ${response.cseq.number} INVITE`;
    return this.send("PRACK", {
      headers: [["RAck", rack]],
      body: parts.body ?? "",
      tag: response.to.tag ?? "",
    });
  }

  // --- what arrives

  received(transaction: ServerTransaction): void {
    this.requests.push(transaction);
    const { request } = transaction;
    const scripted = this.on.get(request.method);
    if (scripted !== undefined) return scripted(transaction);
    if (request.method === "BYE") this.ended = true;
    const offered = request.body.length > 0 && request.method !== "INFO" && request.method !== "PRACK";
    const body = offered || request.method === "INVITE" ? sdp({ at: this.agent.address, version: 2 }) : "";
    this.reply(transaction, 200, body);
  }

  /** Answers a request inside the dialog; a 2xx to INVITE is repeated until its ACK. */
  reply(transaction: ServerTransaction, status: number, body = "", headers: readonly Field[] = []): void {
    const response = buildResponse(transaction.request, status, undefined, {
      headers: [["Contact", this.agent.contact], ...headers, ...sdpType(body)],
      body,
    });
    transaction.respond(response);
    if (transaction.request.method !== "INVITE" || status < 200 || status >= 300) return;
    this.#repeat(transaction, response);
  }

  acknowledged(ack: SipRequest): void {
    this.acks.push(ack);
  }

  gotCancel(cancel: SipRequest): void {
    this.cancelRequest = cancel;
    this.onCancel();
  }

  #sendInvite(request: SipRequest): void {
    const { agent } = this;
    this.#client = agent.transactions.request(request, agent.flow(), {
      onResponse: (response) => this.#heard(response),
      onTimeout: () => this.heard.push(408),
      onTransportError: () => this.heard.push(503),
    });
  }

  #heard(response: SipResponse): void {
    this.heard.push(response.status);
    this.responses.push(response);
    if (response.status === 401 && this.agent.digest !== undefined && !this.#challenged) {
      this.#challenged = true;
      return this.#authenticate(response);
    }
    if (response.status > 100 && response.status < 200) return this.#provisional(response);
    if (response.status < 200 || response.status >= 300) return;
    this.#dialog.learn(response);
    if (this.options.ack !== false) this.#ack(response, this.options.answer ?? "");
  }

  #provisional(response: SipResponse): void {
    if (this.#dialog.remoteTag === undefined) this.#dialog.learn(response);
    const rseq = Number(response.headers.get("rseq"));
    const tag = response.to.tag ?? "";
    if (!response.headers.list("require").includes("100rel") || this.options.prack === false) return;
    const before = this.#pracked.get(tag);
    // RFC 3262 §4: within one early dialog, only the very next one is acknowledged.
    if (before !== undefined && rseq !== before + 1) return;
    this.#pracked.set(tag, rseq);
    this.prack(response);
  }

  #authenticate(response: SipResponse): void {
    const answer = this.agent.digest?.begin().answer({ method: "INVITE", uri: this.invite.uri, response });
    if (answer?.ok !== true) return;
    const kept = [...this.invite.headers.entries()].filter(
      ([name]) => !["cseq", "content-length", "via"].includes(name.toLowerCase()),
    );
    this.invite = buildRequest({
      method: "INVITE",
      uri: this.invite.uri,
      headers: [...kept, ["CSeq", `${this.#dialog.nextSequence()} INVITE`], ...answer.value],
      body: this.invite.body,
    });
    this.#sendInvite(this.invite);
  }

  #ack(response: SipResponse, body: string): void {
    this.#sendAck(response.cseq.number, body, response.to.tag);
  }

  #sendAck(sequence: number, body: string, remoteTag: string | undefined): void {
    this.acksSent += 1;
    const ack = this.#build({ method: "ACK", sequence, headers: sdpType(body), body, remoteTag });
    this.agent.transactions.sendAck(ack, this.#flow());
  }

  #build(parts: InDialog): SipRequest {
    return this.#dialog.request(this.invite, this.agent.contact, parts);
  }

  #flow(): Flow {
    const flow = this.#server?.flow;
    return flow?.open === true ? flow : this.agent.flow();
  }

  /** Until the ACK, or for 64*T1; with `tag` only the ACK of that fork counts. */
  #repeat(
    transaction: ServerTransaction,
    response: SipResponse,
    tag?: string,
    delayMs = T1,
    waitedMs = 0,
  ): void {
    this.agent.clock.after(delayMs, () => {
      const acknowledged = this.acks.some(
        (ack) => ack.cseq.number === response.cseq.number && (tag === undefined || ack.to.tag === tag),
      );
      if (acknowledged || waitedMs + delayMs >= 64 * T1) return;
      transaction.respond(response);
      this.#repeat(transaction, response, tag, Math.min(delayMs * 2, T2), waitedMs + delayMs);
    });
  }
}
