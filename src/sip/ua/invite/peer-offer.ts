import type { HeaderList } from "../../dialog/dialog.ts";
import type { SessionTimer } from "../../dialog/session-timer.ts";
import type { ServerTransaction } from "../../transaction/user.ts";

/** Gets the body of the ACK to a 2xx: the answer, where the offer was ours. */
export type OnAck = (body: Buffer) => void;

/** A re-INVITE, or an UPDATE with a body, from the peer. Exactly one of accept and reject is to be called. */
export interface PeerOffer {
  readonly method: "INVITE" | "UPDATE";
  /** Empty: a re-INVITE without SDP, which asks for our offer in the 2xx (RFC 3261 §14.1). */
  readonly body: Buffer;
  /** Where the peer speaks from now, an IP literal: where it may, it has moved there (`Reach.mayMove`). */
  readonly from: string;
  accept(body: Buffer, onAck: OnAck): void;
  reject(status: number, reason?: string): void;
}

/** An offer as it came into a session. */
export interface ArrivedOffer {
  readonly transaction: ServerTransaction;
  readonly description: Buffer;
  readonly from: string;
  /** Session timers as they are once it is accepted, and what the 2xx says of them. */
  readonly timer: SessionTimer | undefined;
  readonly timerHeaders: HeaderList;
}

/** The session that it came into: one of both is called, once. */
export interface OfferTaker {
  onAccepted(arrived: ArrivedOffer, body: Buffer, onAck: OnAck): void;
  onRejected(arrived: ArrivedOffer, status: number, reason: string | undefined): void;
}

/** An offer inside a session, answered by its user or by the session that ends: whoever comes second changes nothing. */
export class PendingOffer implements PeerOffer {
  readonly method: "INVITE" | "UPDATE";
  readonly #arrived: ArrivedOffer;
  /** Until it is answered. */
  #taker: OfferTaker | undefined;

  constructor(arrived: ArrivedOffer, taker: OfferTaker) {
    this.#arrived = arrived;
    this.#taker = taker;
    this.method = arrived.transaction.request.method === "UPDATE" ? "UPDATE" : "INVITE";
  }

  get body(): Buffer {
    return this.#arrived.description;
  }

  get from(): string {
    return this.#arrived.from;
  }

  accept(body: Buffer, onAck: OnAck): void {
    this.#take()?.onAccepted(this.#arrived, body, onAck);
  }

  reject(status: number, reason?: string): void {
    this.#take()?.onRejected(this.#arrived, status, reason);
  }

  #take(): OfferTaker | undefined {
    const taker = this.#taker;
    this.#taker = undefined;
    return taker;
  }
}
