import type { Timer } from "../../../runtime/clock.ts";
import type { Dialog, HeaderList } from "../../dialog/dialog.ts";
import { descriptionOf } from "../../message/description.ts";
import type { SipRequest, SipResponse } from "../../message/message.ts";
import type { ClientTransactionUser } from "../../transaction/user.ts";
import { T1, type UaContext } from "../context.ts";
import type { SentRequest } from "./dialog-requests.ts";

/** Who made the offer inside a dialog learns how it went. */
export interface OfferUser {
  /**
   * 2xx. With an ordinary offer the ACK goes out when `acknowledge` is called without a body; where the peer made
   * the offer in its 2xx, `acknowledge(answer)` puts our answer into the ACK (RFC 3261 §13.2.2.4).
   */
  onAnswer(body: Buffer, acknowledge: (answer?: Buffer) => void): void;
  /** A status alone: 408 for silence, 503 where it could not be sent. */
  onRejected(status: number): void;
}

/** What an exchange needs of its session. */
export interface OfferExchangeParts {
  readonly context: UaContext;
  readonly dialog: Dialog;
  readonly request: SipRequest;
  readonly send: (request: SipRequest, user: ClientTransactionUser) => SentRequest;
  readonly sendAck: (ack: SipRequest) => void;
  /** Credentials for the ACK (RFC 3261 §22.1). */
  readonly ackHeaders: () => HeaderList;
  /** A 2xx, before the user hears of it. */
  readonly onSuccess: (response: SipResponse) => void;
  readonly user: OfferUser;
}

/** One re-INVITE or UPDATE of ours: its responses, and the ACK for every copy of its 2xx. */
export class OfferExchange {
  readonly #parts: OfferExchangeParts;
  readonly #sent: SentRequest;
  /** From a provisional response on, for then no timer of the transaction runs. */
  #patience: Timer | undefined;
  #ack: SipRequest | undefined;
  #done = false;
  /** What a provisional response described; it counts where the 2xx describes nothing (RFC 3261 §13.2.1). */
  #early: Buffer | undefined;

  constructor(parts: OfferExchangeParts) {
    this.#parts = parts;
    this.#sent = parts.send(parts.request, {
      onResponse: (response) => this.#onResponse(response),
      onTimeout: () => this.#reject(408),
      onTransportError: () => this.#reject(503),
    });
  }

  /** It has been answered, or cannot be sent. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * It is wanted no more: CANCEL to a re-INVITE (RFC 3261 §9.1), which is not tried by another way either. How it ends is still told:
   * a 2xx wants its ACK.
   */
  drop(): void {
    this.#patience?.cancel();
    this.#sent.drop();
  }

  #onResponse(response: SipResponse): void {
    if (response.status < 200) return this.#onProvisional(response);
    if (response.status >= 300) return this.#reject(response.status);
    if (this.#done) {
      if (this.#ack !== undefined) this.#parts.sendAck(this.#ack);
      return;
    }
    this.#settle();
    this.#parts.dialog.refreshTarget(response);
    this.#parts.onSuccess(response);
    const described = descriptionOf(response);
    const body = described.length > 0 ? described : (this.#early ?? described);
    this.#parts.user.onAnswer(body, (answer) => this.#acknowledge(response, answer));
  }

  #settle(): void {
    this.#done = true;
    this.#patience?.cancel();
  }

  #onProvisional(response: SipResponse): void {
    // Nobody has to be called to a phone: whoever is there has what any other request has, and says 487 to the CANCEL.
    if (!this.#done && !this.#sent.dropped)
      this.#patience ??= this.#parts.context.clock.after(64 * T1, () => {
        this.#patience = undefined;
        this.#sent.cancel();
      });
    // Only to an offer of ours: what comes without one would be an offer, which has its place in the 2xx.
    if (this.#parts.request.body.length === 0) return;
    const described = descriptionOf(response);
    if (described.length > 0) this.#early = described;
  }

  #acknowledge(response: SipResponse, answer: Buffer | undefined): void {
    if (response.cseq.method !== "INVITE" || this.#ack !== undefined) return;
    const headers: (readonly [string, string])[] = [...this.#parts.ackHeaders()];
    if (answer !== undefined && answer.length > 0) headers.push(["Content-Type", "application/sdp"]);
    this.#ack = this.#parts.dialog.ack(response.cseq.number, { headers, body: answer });
    this.#parts.sendAck(this.#ack);
  }

  #reject(status: number): void {
    if (this.#done) return;
    this.#settle();
    this.#parts.user.onRejected(status);
  }
}
