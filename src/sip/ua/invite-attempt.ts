import { Dialog, type HeaderList } from "../dialog/dialog.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { ClientTransactionUser } from "../transaction/user.ts";
import type { Flow } from "../transport/transport.ts";
import { flowInDialog, T1, type UaContext } from "./context.ts";

/** RFC 3326, for a fork whose answer came after another's: its phone need not show a missed call. */
export const ANSWERED_ELSEWHERE: HeaderList = [["Reason", 'SIP;cause=200;text="Call completed elsewhere"']];
const NO_BODY = Buffer.alloc(0);
/** More early dialogs than this of one INVITE are not followed. */
const MAX_FORKS = 32;
const IGNORED: ClientTransactionUser = { onResponse() {}, onTimeout() {}, onTransportError() {} };

/** Speaks upward to the INVITE whose attempt it is; nobody is told any more once it is detached. */
export interface InviteAttemptUser {
  onProgress(response: SipResponse): void;
  onFinal(response: SipResponse, cameFrom: Flow): void;
  onAnswer(response: SipResponse): void;
  onNothing(status: number, reason: string): void;
}

/** One INVITE transaction: which forks were answered, and the ACK that every copy of a 2xx gets. */
export class InviteAttempt implements ClientTransactionUser {
  /** What was sent; dropped with the user. */
  request: SipRequest | undefined;
  readonly flow: Flow;
  rang = false;
  readonly #context: UaContext;
  #user: InviteAttemptUser | undefined;
  readonly #acks = new Map<string, { readonly ack: SipRequest; readonly flow: Flow }>();
  /** Early dialogs by To tag: their own CSeq numbering, and the last RSeq acknowledged. */
  readonly #early = new Map<string, { readonly dialog: Dialog; rseq: number }>();
  readonly #answered = new Set<string>();
  /** A 2xx whose ACK waits until the answer has been passed on; not longer, as it keeps the whole response. */
  #owed: { readonly dialog: Dialog; readonly response: SipResponse } | undefined;
  /** To tags of provisional responses. */
  readonly #forks = new Set<string>();
  /** Digest answers of the INVITE; its ACK for a 2xx carries them too (RFC 3261 §22.1). */
  readonly #credentials: HeaderList;

  constructor(
    context: UaContext,
    request: SipRequest,
    flow: Flow,
    credentials: HeaderList,
    user: InviteAttemptUser,
  ) {
    this.#context = context;
    this.#credentials = credentials;
    this.request = request;
    this.flow = flow;
    this.#user = user;
  }

  /** The INVITE is settled: what still comes is acknowledged and ended here, without the call that it was for. */
  detach(): void {
    this.#user = undefined;
    this.request = undefined;
  }

  /** The call is over: a copy of its 2xx that still comes is a stray one, acknowledged and ended again. */
  release(): void {
    this.#acks.clear();
    this.#early.clear();
    this.#answered.clear();
  }

  onResponse(response: SipResponse, cameFrom: Flow): void {
    if (response.status < 200) {
      this.rang ||= response.status > 100;
      return this.#user?.onProgress(response);
    }
    if (response.status >= 300) return this.#user?.onFinal(response, cameFrom);
    const tag = response.to.tag ?? "";
    const known = this.#acks.get(tag);
    if (known !== undefined) return this.#context.transactions.sendAck(known.ack, known.flow);
    // A copy of a 2xx whose ACK waits for the caller's answer (delayed offer) is not a second answer.
    if (this.#answered.has(tag) || this.#answered.size >= MAX_FORKS) return;
    this.#answered.add(tag);
    if (this.#user === undefined) this.abandon(this.dialogOf(response), response, ANSWERED_ELSEWHERE);
    else this.#user.onAnswer(response);
  }

  /** False for early dialogs beyond the limit. */
  follows(response: SipResponse): boolean {
    if (this.#forks.size < MAX_FORKS) this.#forks.add(response.to.tag ?? "");
    return this.#forks.has(response.to.tag ?? "");
  }

  onTimeout(): void {
    this.#user?.onNothing(
      408,
      `no answer from ${this.flow.remote.host}:${this.flow.remote.port} within ${(64 * T1) / 1000} s`,
    );
  }

  onTransportError(reason: string): void {
    this.#user?.onNothing(503, reason);
  }

  /** The dialog that a 2xx confirms; it goes on numbering where the early dialog's PRACKs stopped. */
  dialogOf(response: SipResponse): Dialog {
    return Dialog.asClient(response, this.#early.get(response.to.tag ?? "")?.dialog.localSequence);
  }

  /** The ACK for this 2xx is to be sent by `payAck`. */
  owe(dialog: Dialog, response: SipResponse): void {
    this.#owed = { dialog, response };
  }

  /** Sends the ACK that is owed, if one is. */
  payAck(): void {
    const owed = this.#owed;
    this.#owed = undefined;
    if (owed !== undefined) this.confirm(owed.dialog, owed.response, NO_BODY);
  }

  /** Sends the ACK for a 2xx, and again for each copy of it. */
  confirm(dialog: Dialog, response: SipResponse, answer: Buffer): void {
    const tag = dialog.remoteTag;
    if (this.#acks.has(tag)) return;
    const headers: (readonly [string, string])[] = [...this.#credentials];
    if (answer.length > 0) headers.push(["Content-Type", "application/sdp"]);
    const ack = dialog.ack(response.cseq.number, { headers, body: answer });
    const flow = this.#flowFor(ack);
    this.#acks.set(tag, { ack, flow });
    this.#context.transactions.sendAck(ack, flow);
  }

  /** ACK, then BYE: nobody wants this answer. */
  abandon(dialog: Dialog, response: SipResponse, headers: HeaderList): void {
    this.confirm(dialog, response, NO_BODY);
    this.#send(dialog.request("BYE", { headers }));
  }

  /** PRACK in the early dialog of this fork; copies and responses out of order get none (RFC 3262 §4). */
  acknowledge(response: SipResponse, rseq: number): void {
    const tag = response.to.tag ?? "";
    const early = this.#early.get(tag) ?? { dialog: Dialog.asClient(response), rseq: 0 };
    if (early.rseq !== 0 && rseq !== early.rseq + 1) return;
    early.rseq = rseq;
    this.#early.set(tag, early);
    const headers: HeaderList = [["RAck", `${rseq} ${response.cseq.number} INVITE`]];
    this.#send(early.dialog.request("PRACK", { headers }));
  }

  /** What comes of it concerns nobody. */
  #send(request: SipRequest): void {
    this.#context.transactions.request(request, this.#flowFor(request), IGNORED);
  }

  #flowFor(request: SipRequest): Flow {
    return flowInDialog(this.#context, request.headers.get("route") ?? request.uri, this.flow);
  }
}
