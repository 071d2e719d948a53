import type { Timer } from "../../../runtime/clock.ts";
import { descriptionOf } from "../../message/description.ts";
import type { SipResponse } from "../../message/message.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import { T1, T2, type UaContext } from "../context.ts";
import type { OnAck } from "./peer-offer.ts";

export interface RepeatedAnswerUser {
  readonly onAck: OnAck;
  /** It is given up. */
  readonly onNoAck: () => void;
}

/**
 * A 2xx to INVITE that the user agent core itself repeats until the ACK comes, over any transport: T1 doubling
 * to T2, given up after 64*T1 (RFC 3261 §13.3.1.4).
 */
export class RepeatedAnswer {
  readonly #context: UaContext;
  readonly #transaction: ServerTransaction;
  readonly #response: SipResponse;
  readonly #user: RepeatedAnswerUser;
  readonly #startedAt: number;
  #delayMs = T1;
  #timer: Timer | undefined;

  constructor(
    context: UaContext,
    transaction: ServerTransaction,
    response: SipResponse,
    user: RepeatedAnswerUser,
  ) {
    this.#context = context;
    this.#transaction = transaction;
    this.#response = response;
    this.#user = user;
    this.#startedAt = context.clock.now();
    transaction.respond(response);
    this.#schedule();
  }

  /** The CSeq number whose ACK ends the repetition. */
  get sequence(): number {
    return this.#response.cseq.number;
  }

  /** The offer came with the request: the ACK has nothing to say but that the 2xx has arrived. */
  get complete(): boolean {
    return descriptionOf(this.#transaction.request).length > 0;
  }

  /** The ACK has come, with this body. */
  onAck(body: Buffer): void {
    this.#user.onAck(body);
  }

  /** The ACK has come, or nobody waits for it any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #schedule(): void {
    // Cut where 64*T1 end: 32 s are no sum of these intervals.
    const leftMs = this.#startedAt + 64 * T1 - this.#context.clock.now();
    this.#timer = this.#context.clock.after(Math.min(this.#delayMs, leftMs), () => {
      if (this.#context.clock.now() - this.#startedAt >= 64 * T1) {
        this.stop();
        this.#user.onNoAck();
        return;
      }
      this.#transaction.respond(this.#response);
      this.#delayMs = Math.min(this.#delayMs * 2, T2);
      this.#schedule();
    });
  }
}
