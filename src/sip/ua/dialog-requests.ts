import type { Dialog, HeaderList } from "../dialog/dialog.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { ClientTransactionUser } from "../transaction/user.ts";
import type { Flow } from "../transport/transport.ts";
import { flowInDialog, type UaContext } from "./context.ts";

/** Answers a digest challenge inside the dialog: the headers to add, or undefined to give up. */
export type AnswerChallenge = (request: SipRequest, response: SipResponse) => HeaderList | undefined;

/** Sends what the dialog has built, along its route set, with the credentials that its peer wants. */
export class DialogRequests {
  readonly #context: UaContext;
  readonly #dialog: Dialog;
  readonly #challenge: AnswerChallenge | undefined;
  /** The flow on which the peer spoke last. */
  flow: Flow;
  /** Credentials that the peer asked for; its ACKs carry them too (RFC 3261 §22.1). */
  credentials: HeaderList = [];

  constructor(context: UaContext, dialog: Dialog, flow: Flow, challenge: AnswerChallenge | undefined) {
    this.#context = context;
    this.#dialog = dialog;
    this.flow = flow;
    this.#challenge = challenge;
  }

  /** Sends a request, answering one challenge of a trunk that asks for credentials (RFC 3261 §22.2). */
  send(request: SipRequest, user: ClientTransactionUser): void {
    const hop = this.#hop(request);
    const wrapped =
      this.#challenge === undefined ? user : this.#answering(request, hop, user, this.#challenge);
    this.#context.transactions.request(request, hop, wrapped);
  }

  /** Builds and sends a request; its final status comes back: 408 for silence, 503 where it cannot be sent. */
  ask(
    method: string,
    headers: HeaderList,
    body: Buffer | undefined,
    onStatus: (status: number) => void,
  ): void {
    this.send(this.#dialog.request(method, { headers, body }), {
      onResponse: ({ status }) => {
        if (status >= 200) onStatus(status);
      },
      onTimeout: () => onStatus(408),
      onTransportError: () => onStatus(503),
    });
  }

  sendAck(ack: SipRequest): void {
    this.#context.transactions.sendAck(ack, this.#hop(ack));
  }

  #answering(
    request: SipRequest,
    hop: Flow,
    user: ClientTransactionUser,
    challenge: AnswerChallenge,
  ): ClientTransactionUser {
    return {
      onTimeout: () => user.onTimeout(),
      onTransportError: (reason) => user.onTransportError(reason),
      onResponse: (response, cameFrom) => {
        // Only the host that was asked is told a proof of the password (B7).
        const asked = cameFrom.remote.host === hop.remote.host;
        const challenged = asked && (response.status === 401 || response.status === 407);
        const credentials = challenged ? challenge(request, response) : undefined;
        if (credentials === undefined) return user.onResponse(response, cameFrom);
        this.credentials = credentials;
        const kept = [...request.headers.entries()].filter(([name]) => !OWN_FIELDS.has(name.toLowerCase()));
        const again = this.#dialog.request(request.method, {
          headers: [...kept, ...credentials],
          body: request.body,
        });
        this.#context.transactions.request(again, this.#hop(again), user);
      },
    };
  }

  #hop(request: SipRequest): Flow {
    return flowInDialog(this.#context, request.headers.get("route") ?? request.uri, this.flow);
  }
}

/** Fields that `Dialog.request` writes itself, so that a repeated request takes them afresh. */
const OWN_FIELDS = new Set([
  "via",
  "route",
  "max-forwards",
  "from",
  "to",
  "call-id",
  "cseq",
  "content-length",
]);
