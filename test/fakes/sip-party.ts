import type { Said } from "../../src/lib/said.ts";
import { buildRequest, buildResponse } from "../../src/sip/message/build.ts";
import type { SipRequest, SipResponse } from "../../src/sip/message/message.ts";
import { createTransactions, type TransactionsOptions } from "../../src/sip/transaction/layer.ts";
import type {
  ClientTransaction,
  ClientTransactionUser,
  ServerTransaction,
  Transactions,
  TransactionUser,
} from "../../src/sip/transaction/user.ts";
import type { Flow, TransportKind } from "../../src/sip/transport/transport.ts";
import type { LoopNetwork, LoopTransport } from "./loop-network.ts";
import { seededIds } from "./seeded-ids.ts";

type Field = readonly [name: string, value: string];

/** What a client transaction has told its user, in order: `180`, `200`, `timeout`, `error: …`. */
export interface Outcome extends ClientTransactionUser {
  readonly heard: string[];
  readonly responses: SipResponse[];
  /** May be wrapped, to answer from within. */
  onResponse: ClientTransactionUser["onResponse"];
}

/** A host with a transaction layer whose user notes everything and, if told so, answers. */
export class SipParty implements TransactionUser {
  readonly transport: LoopTransport;
  readonly transactions: Transactions;
  readonly requests: ServerTransaction[] = [];
  readonly acks: SipRequest[] = [];
  readonly cancels: { readonly invite: ServerTransaction; readonly cancel: SipRequest }[] = [];
  readonly strays: SipResponse[] = [];
  readonly failures: string[] = [];
  /** What to do with a new request, besides noting it. */
  answer: (transaction: ServerTransaction) => void = () => {};
  /** What to do when a CANCEL has matched, besides noting it. */
  answerCancel: (invite: ServerTransaction) => void = (invite) =>
    invite.respond(buildResponse(invite.request, 487, undefined, { toTag: "uas" }));
  readonly #address: string;
  readonly #kind: TransportKind;
  #cseq = 0;
  #calls = 0;

  constructor(
    network: LoopNetwork,
    address: string,
    options: Partial<Omit<TransactionsOptions, "transport">> & { readonly kind?: TransportKind } = {},
  ) {
    const { kind = "udp", ...layer } = options;
    this.#address = address;
    this.#kind = kind;
    this.transport = network.host(address);
    this.transactions = createTransactions({
      clock: network.clock,
      ids: seededIds(address.length + address.charCodeAt(address.length - 1)),
      ...layer,
      transport: this.transport,
    });
    this.transactions.use(this);
  }

  onRequest(transaction: ServerTransaction): void {
    this.requests.push(transaction);
    this.answer(transaction);
  }

  onAck(ack: SipRequest): void {
    this.acks.push(ack);
  }

  onCancel(invite: ServerTransaction, cancel: SipRequest): void {
    this.cancels.push({ invite, cancel });
    this.answerCancel(invite);
  }

  onStrayResponse(response: SipResponse): void {
    this.strays.push(response);
  }

  onServerFailure(transaction: ServerTransaction, reason: Said): void {
    this.failures.push(`${transaction.request.method}: ${reason.text}`);
  }

  flowTo(other: SipParty): Flow {
    const flow = this.transport.flowTo({ transport: this.#kind, host: other.#address, port: 5060 });
    if (flow === undefined) throw new Error("no listener of that kind");
    return flow;
  }

  /** A request outside a dialog to another party, without Via. */
  build(method: string, other: SipParty, headers: readonly Field[] = []): SipRequest {
    this.#cseq++;
    this.#calls++;
    return buildRequest({
      method,
      uri: `sip:bob@${other.#address}`,
      headers: [
        ["Max-Forwards", "70"],
        ["From", `<sip:alice@${this.#address}>;tag=a${this.#calls}`],
        ["To", `<sip:bob@${other.#address}>`],
        ["Call-ID", `${this.#calls}@${this.#address}`],
        ["CSeq", `${this.#cseq} ${method}`],
        ["Contact", `<sip:alice@${this.#address}>`],
        ...headers,
      ],
    });
  }

  /** Sends a request and notes what comes back. */
  send(
    request: SipRequest,
    other: SipParty,
  ): { readonly transaction: ClientTransaction; readonly outcome: Outcome } {
    const outcome = noting();
    return { transaction: this.transactions.request(request, this.flowTo(other), outcome), outcome };
  }

  /** The ACK to a 2xx, once. */
  acknowledge(invite: SipRequest, response: SipResponse, other: SipParty): void {
    const ack = buildRequest({
      method: "ACK",
      uri: invite.uri,
      headers: [
        ["Max-Forwards", "70"],
        ["From", invite.headers.get("from") ?? ""],
        ["To", response.headers.get("to") ?? ""],
        ["Call-ID", invite.callId],
        ["CSeq", `${invite.cseq.number} ACK`],
      ],
    });
    this.transactions.sendAck(ack, this.flowTo(other));
  }

  /** All live transactions. */
  get live(): number {
    const { inviteClient, client, inviteServer, server } = this.transactions.counts();
    return inviteClient + client + inviteServer + server;
  }
}

/** Answers with a status, and with a To tag. */
export function respond(transaction: ServerTransaction, status: number): void {
  transaction.respond(
    buildResponse(transaction.request, status, undefined, { toTag: status === 100 ? undefined : "uas" }),
  );
}

/** A client user that notes what it hears. */
export function noting(): Outcome {
  const heard: string[] = [];
  const responses: SipResponse[] = [];
  return {
    heard,
    responses,
    onResponse(response) {
      heard.push(`${response.status}`);
      responses.push(response);
    },
    onTimeout: () => void heard.push("timeout"),
    onTransportError: ({ text }) => void heard.push(`error: ${text}`),
  };
}
