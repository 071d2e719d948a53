import type { Said } from "../../../lib/said.ts";
import type { Dialog, HeaderList } from "../../dialog/dialog.ts";
import type { SipRequest, SipResponse } from "../../message/message.ts";
import type { ClientTransaction, ClientTransactionUser } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import { T1, type UaContext } from "../context.ts";
import { firstWay, type Peer, type Reach, type Ways, waysInDialog } from "../reach.ts";

/** Answers a digest challenge inside the dialog: the headers to add, or undefined to give up. */
export type AnswerChallenge = (request: SipRequest, response: SipResponse) => HeaderList | undefined;

/** What the requests of a dialog need besides the dialog itself. */
export interface DialogRequestsParts {
  readonly dialog: Dialog;
  /** The flow on which it was made. */
  readonly flow: Flow;
  readonly reach: Reach;
  readonly answerChallenge?: AnswerChallenge | undefined;
}

/** A request under way, by whichever of the ways it goes at present. */
export class SentRequest {
  readonly ways: Ways;
  readonly user: ClientTransactionUser;
  readonly #requests: DialogRequests;
  #transaction: ClientTransaction | undefined = undefined;
  #dropped = false;

  constructor(requests: DialogRequests, ways: Ways, user: ClientTransactionUser) {
    this.#requests = requests;
    this.ways = ways;
    this.user = user;
  }

  /** Nobody waits for it: it is not sent again, neither by another way nor with credentials. */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** It goes out in this transaction now. */
  by(transaction: ClientTransaction): void {
    this.#transaction = transaction;
  }

  /** An INVITE that is not answered: CANCEL, and 64*T1 later it has timed out (RFC 3261 §9.1). */
  cancel(): void {
    this.#transaction?.cancel([], () => this.#requests.wayNow());
  }

  /** The same where nobody waits for it any more. What still comes is told: a 2xx wants its ACK. */
  drop(): void {
    this.#dropped = true;
    this.cancel();
  }
}

/** Of most dialogs: one list for all of them. */
export const NO_CREDENTIALS: HeaderList = [];
const PEERS_CLOSED = sipSaid("flow.peersClosed", {});

/** Sends what the dialog has built, along its route set, with the credentials that its peer wants. */
export class DialogRequests {
  readonly #context: UaContext;
  readonly #dialog: Dialog;
  readonly #reach: Reach;
  readonly #challenge: AnswerChallenge | undefined;
  /** Who was asked when the dialog began. A peer may lead us elsewhere, but not our credentials (B7). */
  readonly #asked: string;
  #flow: Flow;
  #credentials: HeaderList = NO_CREDENTIALS;

  constructor(context: UaContext, parts: DialogRequestsParts) {
    this.#context = context;
    this.#dialog = parts.dialog;
    this.#reach = parts.reach;
    this.#flow = parts.flow;
    this.#asked = parts.flow.remote.host;
    this.#challenge = parts.answerChallenge;
  }

  /** The flow on which the peer spoke last. */
  get flow(): Flow {
    return this.#flow;
  }

  /** The peer has spoken on this flow. */
  spokeOn(flow: Flow): void {
    if (flow !== this.#flow && this.#reach.mayMove(flow, this.#flow)) this.#flow = flow;
  }

  /** Credentials that the peer asked for; its ACKs carry them too (RFC 3261 §22.1). */
  ackHeaders(): HeaderList {
    return this.#credentials.length > 0 && this.wayNow()?.remote.host === this.#asked
      ? this.#credentials
      : [];
  }

  /** Sends a request, answering one challenge of a trunk that asks for credentials (RFC 3261 §22.2). */
  send(request: SipRequest, user: ClientTransactionUser): SentRequest {
    const sent = new SentRequest(this, this.#ways(), user);
    this.#sendNext(sent, request, PEERS_CLOSED);
    return sent;
  }

  /** How the peer is reached at present; undefined: not at all. */
  wayNow(): Flow | undefined {
    return firstWay(this.#peer, this.#dialog.nextHop, this.#dialog.target);
  }

  /**
   * By the next of the ways; where one fails, by the one after it (RFC 3263 §4.3). A stream that has died without a word is found out
   * by silence: a BYE on it has hung up nothing, and a refresh that it lost is no reason to end the call.
   */
  #sendNext(sent: SentRequest, request: SipRequest, failure: Said | "silence"): void {
    const { user } = sent;
    const hop = sent.dropped ? undefined : sent.ways.next();
    if (hop === undefined) return failure === "silence" ? user.onTimeout() : user.onTransportError(failure);
    const next: ClientTransactionUser = {
      onResponse: (response, cameFrom) => user.onResponse(response, cameFrom),
      onTimeout: () => {
        // A re-INVITE outlives its stream once it has been heard of.
        const isLost = !hop.open || hop.endIfSilent?.(this.#context.clock.now() - 64 * T1) === true;
        if (isLost) this.#sendNext(sent, this.#renewed(request), "silence");
        else user.onTimeout();
      },
      // The peer may have got it: a number of its own keeps it from being taken for an old request.
      onTransportError: (reason) => this.#sendNext(sent, this.#renewed(request), reason),
    };
    const wrapped = this.#challenge === undefined ? next : this.#answering(sent, request, hop, next);
    this.#start(sent, request, hop, wrapped);
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
    const ways = this.#ways();
    const next = (): void => {
      const way = ways.next();
      if (way !== undefined) this.#context.transactions.sendAck(ack, way, next);
    };
    next();
  }

  #answering(
    sent: SentRequest,
    request: SipRequest,
    hop: Flow,
    user: ClientTransactionUser,
  ): ClientTransactionUser {
    return {
      onTimeout: () => user.onTimeout(),
      onTransportError: (reason) => user.onTransportError(reason),
      onResponse: (response, cameFrom) => {
        // Only the host that was asked is told a proof of the password (B7).
        const asked = hop.remote.host === this.#asked && cameFrom.remote.host === this.#asked;
        const challenged = asked && !sent.dropped && (response.status === 401 || response.status === 407);
        const credentials = challenged ? this.#challenge?.(request, response) : undefined;
        if (credentials === undefined) return user.onResponse(response, cameFrom);
        this.#credentials = credentials;
        this.#start(sent, this.#renewed(request, credentials), hop, user);
      },
    };
  }

  #start(sent: SentRequest, request: SipRequest, hop: Flow, user: ClientTransactionUser): void {
    sent.by(this.#context.transactions.request(request, hop, user));
  }

  /** The same request as a new one of the dialog. */
  #renewed(request: SipRequest, credentials: HeaderList = []): SipRequest {
    const kept = [...request.headers.entries()].filter(([name]) => !OWN_FIELDS.has(name.toLowerCase()));
    return this.#dialog.request(request.method, { headers: [...kept, ...credentials], body: request.body });
  }

  get #peer(): Peer {
    return { transport: this.#context.transport, reach: this.#reach, flow: this.#flow };
  }

  #ways(): Ways {
    return waysInDialog(this.#peer, this.#dialog.nextHop, this.#dialog.target);
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
