import type { Said } from "../../lib/said.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";

/** Speaks upward to whoever started a client transaction (RFC 3261 §17.1). */
export interface ClientTransactionUser {
  /**
   * Every provisional response and the final one; for INVITE also every further copy of a 2xx and 2xx from
   * other forks, as long as the transaction lives (RFC 6026 §7.2).
   */
  onResponse(response: SipResponse, flow: Flow): void;
  /** Timer B or F fired: nothing final came (RFC 3261 §8.1.3.1: treat as 408). */
  onTimeout(): void;
  /** The request could not be sent or its connection broke (treat as 503). */
  onTransportError(reason: Said): void;
  /** INVITE only: it was answered, and no copy of its 2xx comes here any more. */
  onOver?(): void;
  /** INVITE only: its stream broke after a provisional response. The answer may still come, on another one. */
  onStreamLost?(reason: Said): void;
}

/** A way to a peer whose stream was closed; undefined: there is none at present. */
export type WayNow = () => Flow | undefined;

/** A client transaction in progress. */
export interface ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /**
   * INVITE only: sends CANCEL as soon as a provisional response has come, never before (RFC 3261 §9.1), and
   * gives up 64*T1 after it. Does nothing after a final response. `headers` go into the CANCEL (Reason, RFC 3326).
   * `wayNow`: where the INVITE's stream is closed, how its peer is reached now.
   */
  cancel(headers?: readonly (readonly [name: string, value: string])[], wayNow?: WayNow): void;
  /**
   * INVITE only: nothing was heard, its stream has been ended, and the request goes out anew on `way`. A CANCEL goes there before
   * it, and again to where the peer speaks of this one.
   */
  abandon(way: Flow): void;
  /**
   * The user is gone (its call is over): the transaction lets go of it and lives on alone for its timers, which
   * saves holding a whole call for another 32 s. A 2xx that still comes goes to `onStrayResponse`.
   */
  release(): void;
}

/** A server transaction: the request and how to answer it (RFC 3261 §17.2). */
export interface ServerTransaction {
  /** Its name; no other that lives has it. */
  readonly key: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Final response given, or the transaction has ended. */
  readonly answered: boolean;
  /** How the peer is reached when the stream that the request came on is closed (RFC 3261 §18.2.2). */
  answerBy(wayNow: WayNow): void;
  /**
   * Sends a response through the state machine. A 2xx to INVITE moves to Accepted (RFC 6026): the user repeats
   * it with `respond` until the ACK comes. Other responses after a final one are ignored.
   */
  respond(response: SipResponse): void;
  /**
   * Sends a final response 300–699 once and forgets the request: it is not repeated, and the next copy of an INVITE is
   * a new request (RFC 3261 §8.2.7). For those who have not shown yet who they are: it costs nothing, and nobody can
   * have a third party sent more packets than he sends himself.
   */
  dismiss(response: SipResponse): void;
}

/** The user of the transaction layer: what arrives outside our own client transactions. */
export interface TransactionUser {
  /** A new request, retransmissions absorbed; never ACK or CANCEL. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK to a 2xx (it belongs to no transaction, RFC 3261 §17.1.1.3). */
  onAck(ack: SipRequest, flow: Flow): void;
  /** A CANCEL matched this INVITE transaction; 200 has been sent for it. The user answers the INVITE with 487. */
  onCancel(invite: ServerTransaction, cancel: SipRequest): void;
  /** A 2xx to INVITE that no transaction wants any more: the user sends ACK and BYE (RFC 3261 §13.2.2.4). */
  onStrayResponse(response: SipResponse, flow: Flow): void;
  /** A response could not be sent, or no ACK came for a non-2xx final response (Timer H). */
  onServerFailure(transaction: ServerTransaction, reason: Said): void;
}

/** The door of the transaction layer. */
export interface Transactions {
  /** Sends a request that has no Via yet, in a new client transaction. */
  request(request: SipRequest, flow: Flow, user: ClientTransactionUser): ClientTransaction;
  /** Sends an ACK for a 2xx, with a new branch, outside any transaction. `onError`: it could not be sent. */
  sendAck(ack: SipRequest, flow: Flow, onError?: (reason: Said) => void): void;
  use(user: TransactionUser): void;
  /** Calls back when this stream has broken or been closed; the function returned takes that back. */
  onceClosed(flow: Flow, told: () => void): () => void;
  /** Live transactions by kind, for metrics and leak checks. */
  counts(): {
    readonly inviteClient: number;
    readonly client: number;
    readonly inviteServer: number;
    readonly server: number;
  };
  close(): void;
}
