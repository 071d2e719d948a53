import type { Said } from "../../../lib/said.ts";
import { Dialog, type HeaderList } from "../../dialog/dialog.ts";
import { descriptionOf } from "../../message/description.ts";
import type { SipRequest, SipResponse } from "../../message/message.ts";
import type { ClientTransactionUser } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import { type Invited, MAX_FORKS, T1, type UaContext } from "../context.ts";
import { firstWay, flowInDialog, isBack, type Reach } from "../reach.ts";

/** RFC 3326, for a fork whose answer came after another's: its phone need not show a missed call. */
export const ANSWERED_ELSEWHERE: HeaderList = [["Reason", 'SIP;cause=200;text="Call completed elsewhere"']];
const NO_BODY = Buffer.alloc(0);
/** What comes of a BYE or PRACK here concerns nobody. */
const IGNORED: ClientTransactionUser = { onResponse() {}, onTimeout() {}, onTransportError() {} };

/** Speaks upward to the INVITE whose attempt it is; nobody is told any more once it is detached. */
export interface InviteAttemptUser {
  onProgress(response: SipResponse): void;
  onFinal(response: SipResponse, cameFrom: Flow): void;
  onAnswer(response: SipResponse): void;
  onNothing(status: number, reason: Said): void;
  /** Its stream broke while the INVITE was under way; the answer may come on another one. */
  onStreamLost(reason: Said): void;
}

/** What was sent, and to whom. */
export interface SentInvite {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Digest answers among its headers; its ACK for a 2xx carries them too (RFC 3261 §22.1). */
  readonly credentials: HeaderList;
  /** Where whoever answers may lead us. */
  readonly reach: Reach;
  readonly invited: Invited;
}

/** One of the parties behind an INVITE. */
interface Fork {
  /** Before its answer, with its own CSeq numbering; once there is a reliable response to acknowledge. */
  early: Dialog | undefined;
  /** The last RSeq acknowledged. */
  rseq: number;
  /** What it has described so far; empty: nothing. */
  description: Buffer;
  /** That was in a reliable response: it is the answer, and what comes unreliably after it is none (RFC 6337 §3.1.1). */
  described: boolean;
  /** A 2xx has come. */
  answered: boolean;
  /** What every copy of the 2xx gets. */
  ack: { readonly ack: SipRequest; readonly flow: Flow } | undefined;
}

/** One INVITE transaction: which forks were answered, and the ACK that every copy of a 2xx gets. */
export class InviteAttempt implements ClientTransactionUser {
  /** What was sent; dropped with the user. */
  request: SipRequest | undefined;
  /** What it was sent on, or where the answer came from when that was closed. */
  flow: Flow;
  rang = false;
  readonly #context: UaContext;
  readonly #reach: Reach;
  readonly #invited: Invited;
  /** The Request-URI: where it went. */
  readonly #sent: string;
  #user: InviteAttemptUser | undefined;
  /** By To tag; made when the first is heard of, for an attempt outlives its call by 32 s. */
  #forks: Map<string, Fork> | undefined = undefined;
  /** A 2xx whose ACK waits until the answer has been passed on; not longer, as it keeps the whole response. */
  #owed: { readonly dialog: Dialog; readonly response: SipResponse } | undefined;
  readonly #credentials: HeaderList;
  #onOver: (() => void) | undefined;

  constructor(context: UaContext, sent: SentInvite, user: InviteAttemptUser) {
    this.#context = context;
    this.#credentials = sent.credentials;
    this.#reach = sent.reach;
    this.#invited = sent.invited;
    this.request = sent.request;
    this.#sent = sent.request.uri;
    this.flow = sent.flow;
    this.#user = user;
  }

  /** The INVITE is settled: what still comes is acknowledged and ended here, without the call that it was for. */
  detach(): void {
    this.#user = undefined;
    this.request = undefined;
    for (const fork of this.#forks?.values() ?? []) fork.description = NO_BODY;
  }

  /** The call is over: a copy of its 2xx that still comes is a stray one, acknowledged and ended again. */
  release(): void {
    this.#forks = undefined;
    this.#onOver = undefined;
  }

  onceOver(told: () => void): void {
    this.#onOver = told;
  }

  onOver(): void {
    this.#forks = undefined;
    this.#onOver?.();
    this.#onOver = undefined;
  }

  onResponse(response: SipResponse, cameFrom: Flow): void {
    if (response.status < 200) {
      this.#spokeOn(cameFrom);
      this.rang ||= response.status > 100;
      return this.#user?.onProgress(response);
    }
    if (response.status >= 300) return this.#user?.onFinal(response, cameFrom);
    this.#spokeOn(cameFrom);
    const tag = response.to.tag ?? "";
    const known = this.#forks?.get(tag);
    if (known?.ack !== undefined) {
      const way = known.ack.flow.open ? known.ack.flow : this.flow;
      return this.#context.transactions.sendAck(known.ack.ack, way);
    }
    // A copy of a 2xx whose ACK waits for the caller's answer (delayed offer) is not a second answer.
    if (known?.answered === true || this.#answers >= MAX_FORKS) return;
    this.#forkOf(tag).answered = true;
    if (this.#user === undefined) this.abandon(this.dialogOf(response), response, ANSWERED_ELSEWHERE);
    else this.#user.onAnswer(response);
  }

  /** False for early dialogs beyond the limit. */
  follows(response: SipResponse): boolean {
    const tag = response.to.tag ?? "";
    if (this.knows(tag)) return true;
    if ((this.#forks?.size ?? 0) >= MAX_FORKS) return false;
    this.#forkOf(tag);
    return true;
  }

  /** Whether a party with this tag has been heard of. */
  knows(tag: string | undefined): boolean {
    return this.#forks?.has(tag ?? "") === true;
  }

  /** What a provisional response describes; kept for the 2xx of its dialog. `reliable`: it will be acknowledged. */
  describe(response: SipResponse, reliable: boolean): Buffer {
    const description = descriptionOf(response);
    const fork = this.#forks?.get(response.to.tag ?? "");
    if (fork === undefined || description.length === 0 || (fork.described && !reliable)) return description;
    fork.description = description;
    fork.described = reliable;
    return description;
  }

  /**
   * The answer to our offer, wherever it stands: in the 2xx, or in a response of the same dialog before it (RFC 3261 §13.2.1,
   * RFC 6337 §3.1.1). Empty where there is none.
   */
  answerOf(response: SipResponse): Buffer {
    const description = descriptionOf(response);
    if (description.length > 0) return description;
    const fork = this.#forks?.get(response.to.tag ?? "");
    // A response without a To tag made no dialog of its own; it can only have been of this one.
    return fork !== undefined && fork.description.length > 0
      ? fork.description
      : (this.#forks?.get("")?.description ?? description);
  }

  onTimeout(): void {
    const { host, port } = this.flow.remote;
    this.#user?.onNothing(
      408,
      sipSaid("peer.noAnswerWithin", { place: `${host}:${port}`, seconds: (64 * T1) / 1000 }),
    );
  }

  onTransportError(reason: Said): void {
    this.#user?.onNothing(503, reason);
  }

  onStreamLost(reason: Said): void {
    this.#user?.onStreamLost(reason);
  }

  /** Whether an answer can still come, after the stream broke. */
  get isBack(): boolean {
    return this.flow.open || isBack(this.#reach, this.#sent);
  }

  /** How the one who was asked is reached at present; undefined: not at all. */
  wayNow(): Flow | undefined {
    const asked = this.#sent;
    return firstWay({ transport: this.#context.transport, reach: this.#reach, flow: this.flow }, asked);
  }

  /** The dialog that a 2xx confirms; it goes on numbering where the early dialog's PRACKs stopped. */
  dialogOf(response: SipResponse): Dialog {
    return Dialog.asClient(response, this.#forks?.get(response.to.tag ?? "")?.early?.localSequence);
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
  confirm(dialog: Dialog, response: SipResponse, answer: Buffer, flow = this.#flowFor(dialog)): void {
    const fork = this.#forkOf(dialog.remoteTag);
    if (fork.ack !== undefined) return;
    // The host that was asked has had them; wherever it leads us nobody gets them (B7).
    const asked = flow.remote.host === this.flow.remote.host;
    const headers: (readonly [string, string])[] = asked ? [...this.#credentials] : [];
    if (answer.length > 0) headers.push(["Content-Type", "application/sdp"]);
    const ack = dialog.ack(response.cseq.number, { headers, body: answer });
    fork.ack = { ack, flow };
    this.#context.transactions.sendAck(ack, flow, () => {
      const way = flow.open ? undefined : this.#flowFor(dialog);
      if (way !== undefined && way !== flow) this.#context.transactions.sendAck(ack, way);
    });
  }

  /** ACK, then BYE: nobody wants this answer. */
  abandon(dialog: Dialog, response: SipResponse, headers: HeaderList): void {
    if (this.#invited.ended >= MAX_FORKS) return;
    this.#invited.ended += 1;
    // Of many answers only one may lead elsewhere, or they would make us flood whom they name.
    const flow = this.#invited.ended > 1 ? this.flow : this.#flowFor(dialog);
    this.confirm(dialog, response, NO_BODY, flow);
    const again = (): void => {
      const way = flow.open ? undefined : this.#flowFor(dialog);
      if (way !== undefined && way !== flow && this.#invited.ended === 1)
        this.#context.transactions.request(dialog.request("BYE", { headers }), way, IGNORED);
    };
    const user = { ...IGNORED, onTransportError: again };
    this.#context.transactions.request(dialog.request("BYE", { headers }), flow, user);
  }

  /** PRACK in the early dialog of this fork; copies and responses out of order get none (RFC 3262 §4). */
  acknowledge(response: SipResponse, rseq: number): void {
    const fork = this.#forks?.get(response.to.tag ?? "");
    if (fork === undefined || (fork.rseq !== 0 && rseq !== fork.rseq + 1)) return;
    fork.rseq = rseq;
    fork.early ??= Dialog.asClient(response);
    const headers: HeaderList = [["RAck", `${rseq} ${response.cseq.number} INVITE`]];
    const prack = fork.early.request("PRACK", { headers });
    this.#context.transactions.request(prack, this.#flowFor(fork.early), IGNORED);
  }

  #forkOf(tag: string): Fork {
    this.#forks ??= new Map();
    let fork = this.#forks.get(tag);
    if (fork === undefined) {
      fork = {
        early: undefined,
        rseq: 0,
        description: NO_BODY,
        described: false,
        answered: false,
        ack: undefined,
      };
      this.#forks.set(tag, fork);
    }
    return fork;
  }

  get #answers(): number {
    let answers = 0;
    for (const { answered } of this.#forks?.values() ?? []) if (answered) answers += 1;
    return answers;
  }

  #spokeOn(flow: Flow): void {
    if (!this.flow.open && flow.open && this.#reach.mayMove(flow, this.flow)) this.flow = flow;
  }

  #flowFor(dialog: Dialog): Flow {
    const peer = { transport: this.#context.transport, reach: this.#reach, flow: this.flow };
    return flowInDialog(peer, dialog.nextHop, dialog.target);
  }
}
