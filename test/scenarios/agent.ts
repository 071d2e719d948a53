import type { Clock } from "../../src/runtime/clock.ts";
import type { Ids } from "../../src/runtime/ids.ts";
import { createDigestClient, type DigestClient } from "../../src/sip/index.ts";
import { buildRequest, buildResponse } from "../../src/sip/message/build.ts";
import type { SipRequest, SipResponse } from "../../src/sip/message/message.ts";
import { createTransactions } from "../../src/sip/transaction/layer.ts";
import type { ServerTransaction, Transactions, TransactionUser } from "../../src/sip/transaction/user.ts";
import type { Flow, Transport, TransportKind } from "../../src/sip/transport/transport.ts";
import type { LoopTransport } from "../fakes/loop-network.ts";
import { seededIds } from "../fakes/seeded-ids.ts";
import { AgentCall, type CallOwner, type InviteOptions } from "./agent-call.ts";
import type { Field } from "./agent-dialog.ts";

export interface AgentOptions<Wire extends Transport = LoopTransport> {
  readonly clock: Clock;
  /** Its listeners are at `address`. */
  readonly transport: Wire;
  /** By default the same at each run. */
  readonly ids?: Ids;
  /** How it is called in ladders. */
  readonly name: string;
  readonly address: string;
  /** User part of its addresses. */
  readonly user: string;
  /** Where the switchboard listens. */
  readonly board: string;
  readonly realm: string;
  readonly password?: string;
  readonly kind?: TransportKind;
  /** Of its Contact; over TLS a sips one says no transport. */
  readonly scheme?: "sip" | "sips";
}

/** A scripted SIP user agent: a phone, or the far end of a trunk. What it does is what the scenario tells it. */
export class Agent<Wire extends Transport = LoopTransport> implements TransactionUser, CallOwner {
  readonly options: AgentOptions<Wire>;
  readonly transport: Wire;
  readonly transactions: Transactions;
  readonly digest: DigestClient | undefined;
  /** Calls that it made and got, in order. */
  readonly calls: AgentCall[] = [];
  /** 2xx that arrived when nobody waited for them. */
  readonly strays: SipResponse[] = [];
  /** What it does with a call that comes in, besides keeping it in `calls`. */
  onCall: (call: AgentCall) => void = () => {};
  /** Requests outside dialogs that are no calls (OPTIONS, and what should not come). */
  readonly others: SipRequest[] = [];
  /** The status of its answers to them. */
  othersSay: (request: SipRequest) => number = ({ to }) => (to.tag === undefined ? 200 : 481);
  /** Header fields of these answers. */
  othersHear: readonly Field[] = [];
  /** Where the last request came from. */
  heardOn: Flow | undefined;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly user: string;
  readonly address: string;
  readonly realm: string;
  readonly board: string;
  readonly #registration: string;
  #cseq = 0;

  constructor(options: AgentOptions<Wire>) {
    const { clock, address, user, password } = options;
    this.options = options;
    this.clock = clock;
    this.user = user;
    this.address = address;
    this.realm = options.realm;
    this.board = options.board;
    this.ids =
      options.ids ??
      seededIds([...`${address}${user}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7));
    this.transport = options.transport;
    this.transactions = createTransactions({ clock, ids: this.ids, transport: this.transport });
    this.digest =
      password === undefined ? undefined : createDigestClient({ username: user, password }, this.ids);
    this.#registration = `register-${this.ids.hex(64)}@${address}`;
    this.transactions.use(this);
  }

  get contact(): string {
    const { kind = "udp", scheme = "sip", user, address } = this.options;
    const transport = kind === "udp" || scheme === "sips" ? "" : `;transport=${kind}`;
    return `<${scheme}:${user}@${address}:${kind === "tls" ? 5061 : 5060}${transport}>`;
  }

  get live(): number {
    const { inviteClient, client, inviteServer, server } = this.transactions.counts();
    return inviteClient + client + inviteServer + server;
  }

  /** The last call. */
  get call(): AgentCall {
    const last = this.calls.at(-1);
    if (last === undefined) throw new Error(`${this.options.name} has no call`);
    return last;
  }

  flow(host = this.options.board, port = this.options.kind === "tls" ? 5061 : 5060): Flow {
    const { kind = "udp" } = this.options;
    const flow = this.transport.flowTo({ transport: kind, host, port });
    if (flow === undefined) throw new Error("no listener of that kind");
    return flow;
  }

  /** Calls `to`: a user part, or a whole URI. */
  invite(to: string, options: InviteOptions = {}): AgentCall {
    const call = AgentCall.outgoing(this, to, options);
    this.calls.push(call);
    return call;
  }

  /** Registers with digest; `heard` gets each status. */
  register(expiresSeconds = 3600): number[] {
    const heard: number[] = [];
    const { user, realm } = this.options;
    const send = (credentials: readonly Field[]): void => {
      this.#cseq += 1;
      const request = buildRequest({
        method: "REGISTER",
        uri: `sip:${realm}`,
        headers: [
          ["Max-Forwards", "70"],
          ["From", `<sip:${user}@${realm}>;tag=r${this.#cseq}`],
          ["To", `<sip:${user}@${realm}>`],
          ["Call-ID", this.#registration],
          ["CSeq", `${this.#cseq} REGISTER`],
          ["Contact", `${this.contact};expires=${expiresSeconds}`],
          ...credentials,
        ],
      });
      const run = this.digest?.begin();
      this.transactions.request(request, this.flow(), {
        onResponse: (response) => {
          if (response.status < 200) return;
          heard.push(response.status);
          if (response.status !== 401 || credentials.length > 0) return;
          const answer = run?.answer({ method: "REGISTER", uri: request.uri, response });
          if (answer?.ok === true) send(answer.value);
        },
        onTimeout: () => heard.push(408),
        onTransportError: () => heard.push(503),
      });
    };
    send([]);
    return heard;
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    this.heardOn = transaction.flow;
    transaction.answerBy(() => this.flow());
    const known = this.calls.find((call) => call.owns(request));
    if (known !== undefined) return known.received(transaction);
    if (request.method !== "INVITE" || request.to.tag !== undefined) {
      this.others.push(request);
      return transaction.respond(
        buildResponse(request, this.othersSay(request), undefined, {
          toTag: "other",
          headers: this.othersHear,
        }),
      );
    }
    const call = AgentCall.incoming(this, transaction);
    this.calls.push(call);
    this.onCall(call);
  }

  onAck(ack: SipRequest): void {
    this.calls.find((call) => call.owns(ack))?.acknowledged(ack);
  }

  onCancel(invite: ServerTransaction, cancel: SipRequest): void {
    this.calls.find((call) => call.isOf(invite))?.gotCancel(cancel);
  }

  onStrayResponse(response: SipResponse): void {
    this.strays.push(response);
  }

  onServerFailure(): void {
    // Its own responses getting lost is part of many scenarios.
  }
}
