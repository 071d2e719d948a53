import type { Said } from "../../../lib/said.ts";
import type { Dialog, HeaderList } from "../../dialog/dialog.ts";
import { negotiateAsClient, negotiateAsServer, type SessionTimer } from "../../dialog/session-timer.ts";
import { buildResponse } from "../../message/build.ts";
import { descriptionOf } from "../../message/description.ts";
import type { SipRequest, SipResponse } from "../../message/message.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import { ALLOW } from "../capabilities.ts";
import { contactFor, type DialogOwner, dialogKey, type OurContact, T1, type UaContext } from "../context.ts";
import type { Reach } from "../reach.ts";
import { checkInDialog } from "../request-checks.ts";
import { type AnswerChallenge, DialogRequests } from "./dialog-requests.ts";
import { OfferAnswer } from "./offer-answer.ts";
import { OfferExchange, type OfferUser } from "./offer-exchange.ts";
import { type ArrivedOffer, type OnAck, type PeerOffer, PendingOffer } from "./peer-offer.ts";
import { RepeatedAnswer } from "./repeated-answer.ts";
import { type Refreshing, SessionRefresh } from "./session-refresh.ts";
import type { SessionUser } from "./session-user.ts";

export interface SessionParts {
  readonly dialog: Dialog;
  readonly flow: Flow;
  /** Where the peer may lead us. */
  readonly reach: Reach;
  /** Who we are in Contact; left out: an address without a user part. */
  readonly contact?: OurContact | undefined;
  readonly timer: SessionTimer | undefined;
  /** Methods from the peer's Allow. */
  readonly peerUpdates: boolean;
  /** What we last sent and received as SDP, for refreshes. */
  readonly localSdp: Buffer;
  readonly remoteSdp: Buffer;
  readonly answerChallenge?: AnswerChallenge | undefined;
  readonly invite?: SessionInvite | undefined;
}

/**
 * Our INVITE: sends the ACK to its 2xx if that has not gone out yet; keeps it for copies of the 2xx, and lets go of it
 * when the session ends.
 */
export interface SessionInvite {
  payAck(): void;
  release(): void;
  /** Told once when no copy of the 2xx can come any more: the session, too, has no use for the INVITE then. */
  onceOver(told: () => void): void;
}

/** What a request without session timers gets. */
const UNTIMED = { timer: undefined, headers: [] } as const;
/** RFC 4028 §10: BYE, with the reason in words. */
const EXPIRED: HeaderList = [["Reason", 'SIP;cause=408;text="Session timer expired"']];

/** A confirmed dialog with an INVITE session in it, on either side (RFC 3261 §14, §15; RFC 4028). */
export class InviteSession implements DialogOwner {
  static readonly #refreshing: Refreshing<InviteSession> = {
    refresh: (session, onRefused) => session.#sendRefresh(onRefused),
    probe: (session) => session.#request("OPTIONS", [["Accept", "application/sdp"]]),
    onExpired: (session) => session.#lose(sipSaid("session.expired", {}), EXPIRED),
    ownsCallId: ({ dialog }) => dialog.ownsCallId,
  };
  readonly #context: UaContext;
  readonly dialog: Dialog;
  readonly #peerUpdates: boolean;
  readonly #requests: DialogRequests;
  /** Until its transaction is over. */
  #invite: SessionInvite | undefined;
  readonly #contact: OurContact | undefined;
  #user: SessionUser | undefined;
  /** Our 2xx, until its ACK comes. */
  #answer: RepeatedAnswer | undefined;
  #byeAfterAck: HeaderList | undefined;
  /** The peer's offer that the user has not answered yet. */
  #pending: PeerOffer | undefined;
  /** Our offer that the peer has not answered yet. */
  #exchange: OfferExchange | undefined;
  /** An offer of ours that waits for the ACK to our 2xx. */
  #deferred: (() => void) | undefined;
  /** Until the first 2xx has gone out: how to refuse the INVITE instead. */
  #refuse: (() => void) | undefined;
  readonly #refresh: SessionRefresh<InviteSession>;
  readonly #offers: OfferAnswer;
  #closed = false;

  constructor(context: UaContext, parts: SessionParts) {
    this.#context = context;
    this.dialog = parts.dialog;
    this.#requests = new DialogRequests(context, parts);
    this.#peerUpdates = parts.peerUpdates;
    this.#invite = parts.invite;
    this.#contact = parts.contact;
    this.#offers = new OfferAnswer(parts.localSdp, parts.remoteSdp);
    parts.invite?.onceOver(() => {
      this.#invite = undefined;
    });
    context.dialogs.set(dialogKey(this.dialog.callId, this.dialog.localTag), this);
    this.#refresh = new SessionRefresh(context, this, InviteSession.#refreshing);
    this.#refresh.start(parts.timer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sets who is told; until then nothing can arrive, as the session is handed over in one turn. */
  use(user: SessionUser): void {
    this.#user = user;
  }

  /** The 2xx has to wait for a PRACK (RFC 3262 §5): until `answered`, hanging up is `refuse`. */
  waiting(refuse: () => void): void {
    this.#refuse = refuse;
  }

  /** Ends it without a word to the peer and without telling the user: there has been no 2xx. */
  drop(): void {
    this.#close();
    this.#forget();
  }

  /** The 2xx to the INVITE that made this session: repeated until its ACK, whose body `onAck` gets. */
  answered(transaction: ServerTransaction, response: SipResponse, onAck: OnAck): void {
    this.#refuse = undefined;
    const user = { onAck, onNoAck: () => this.#notAcknowledged() };
    this.#answer = new RepeatedAnswer(this.#context, transaction, response, user);
  }

  /** Our SDP in an ACK: the answer to the offer that came in the peer's 2xx. */
  describe(answer: Buffer): void {
    this.#offers.describeLocal(answer);
  }

  /** Sends our offer (or, with an empty body, asks for the peer's). One that cannot go out now waits or is rejected with 491. */
  offer(body: Buffer, user: OfferUser, method: "INVITE" | "UPDATE" = "INVITE"): void {
    if (this.#closed) return user.onRejected(481);
    // Not before the ACK for our own 2xx: the peer may not have heard of the dialog yet (RFC 5407 §3.1.5).
    const early = this.#answer !== undefined || this.#refuse !== undefined;
    if (early && this.#deferred === undefined) {
      this.#deferred = () => this.offer(body, user, method);
      return;
    }
    if (early || this.#offers.move("sendOffer") !== "send") {
      return user.onRejected(491);
    }
    const carrier = method === "UPDATE" && !this.#peerUpdates ? "INVITE" : method;
    const headers = this.#describing(body, this.#refresh.headers);
    const exchange = new OfferExchange({
      context: this.#context,
      dialog: this.dialog,
      request: this.dialog.request(carrier, { headers, body }),
      send: (message, transactionUser) => this.#requests.send(message, transactionUser),
      sendAck: (ack) => this.#requests.sendAck(ack),
      ackHeaders: () => this.#requests.ackHeaders(),
      onSuccess: (response) => this.#refreshed(response),
      user: {
        onAnswer: (answer, acknowledge) => {
          this.#exchange = undefined;
          // Hung up meanwhile: the 2xx still gets its ACK, and nobody is told.
          if (this.#closed) return acknowledge();
          this.#offers.move("settled");
          this.#offers.describeLocal(body);
          this.#offers.describeRemote(answer);
          user.onAnswer(answer, (reply) => {
            if (reply !== undefined) this.describe(reply);
            acknowledge(reply);
          });
        },
        onRejected: (status) => {
          this.#exchange = undefined;
          if (this.#closed) return;
          this.#offers.move("settled");
          user.onRejected(status);
          this.#endIfUnknown(status, carrier);
        },
      },
    });
    if (!exchange.done) this.#exchange = exchange;
  }

  /** Whoever has our offer made wants it no more; how it ends is told to its user. */
  cancelOffer(): void {
    this.#exchange?.drop();
  }

  /** Sends an INFO with the peer's own body; the final status comes back. */
  info(contentType: string, body: Buffer, onStatus: (status: number) => void): void {
    if (this.#closed) return onStatus(481);
    this.#request("INFO", [["Content-Type", contentType]], body, onStatus);
  }

  /**
   * Hangs up. A callee must not send BYE before the ACK for its 2xx (RFC 3261 §15), so it may go out a little
   * later; the session is closed for its user at once.
   */
  bye(headers: HeaderList = []): void {
    if (this.#closed) return;
    if (this.#refuse !== undefined) {
      const refuse = this.#refuse;
      this.drop();
      return refuse();
    }
    if (this.#answer !== undefined) {
      this.#byeAfterAck ??= headers;
      this.#user = undefined;
      return;
    }
    this.#invite?.payAck();
    this.#close();
    // The dialog is known until the BYE is answered, so that a BYE that crosses it gets 200 (RFC 5407 §2).
    this.#hangUp(headers, T1);
  }

  /** A peer whose stream is gone gets its BYE when it is back, for as long as a silent one would be asked. */
  #hangUp(headers: HeaderList, afterMs: number): void {
    this.#requests.ask("BYE", headers, undefined, (status) => {
      if (status !== 503 || afterMs > 32 * T1) return this.#forget();
      this.#context.clock.after(afterMs, () => this.#hangUp(headers, 2 * afterMs));
    });
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.from.tag !== undefined && request.from.tag !== this.dialog.remoteTag) {
      return this.#reply(transaction, 481);
    }
    if (this.dialog.receive(request) === "outOfOrder") {
      // RFC 3261 §12.2.2: lower than the last one seen.
      return this.#reply(transaction, 500, [["Retry-After", "1"]]);
    }
    this.#requests.spokeOn(transaction.flow);
    transaction.answerBy(() => this.#requests.wayNow());
    if (this.#closed) return this.#reply(transaction, request.method === "BYE" ? 200 : 481);
    const refusal = checkInDialog(request);
    if (refusal !== undefined) return this.#reply(transaction, refusal.status, refusal.headers);
    switch (request.method) {
      case "BYE":
        return this.#onBye(transaction);
      case "INVITE":
      case "UPDATE":
        return this.#onOffer(transaction);
      case "INFO":
        if (this.#user === undefined) return this.#reply(transaction, 481);
        return this.#user.onInfo(transaction);
      case "OPTIONS":
        return this.#reply(transaction, 200, [["Allow", ALLOW]]);
      case "PRACK":
        return this.#reply(transaction, 200);
      default:
        return this.#reply(transaction, 405, [["Allow", ALLOW]]);
    }
  }

  /** CANCEL came for a re-INVITE that is not answered yet (RFC 3261 §9.2). */
  onCancel(): void {
    if (this.#pending !== undefined) this.#user?.onOfferCancelled?.();
  }

  onAck(ack: SipRequest): void {
    if (ack.cseq.number === this.#answer?.sequence) this.#acknowledged(descriptionOf(ack));
  }

  #acknowledged(body: Buffer): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    answer.stop();
    this.#answer = undefined;
    this.#offers.move("settled");
    this.#offers.describeRemote(body);
    if (this.#byeAfterAck !== undefined) return this.bye(this.#byeAfterAck);
    answer.onAck(body);
    const deferred = this.#deferred;
    this.#deferred = undefined;
    if (!this.#closed) deferred?.();
  }

  #notAcknowledged(): void {
    this.#answer = undefined;
    this.#offers.move("settled");
    // RFC 3261 §13.3.1.4: the dialog is confirmed, the session is ended with BYE.
    this.#lose(sipSaid("session.noAck", {}), [["Reason", 'SIP;cause=408;text="ACK timeout"']]);
  }

  #onBye(transaction: ServerTransaction): void {
    this.#reply(transaction, 200);
    const user = this.#user;
    this.#close();
    this.#forget();
    user?.onBye(transaction.request);
  }

  #onOffer(transaction: ServerTransaction): void {
    const { request } = transaction;
    const description = descriptionOf(request);
    const negotiated = negotiateAsServer(request, this.#context.sessionTimer);
    if (negotiated.kind === "tooShort")
      return this.#reply(transaction, 422, [["Min-SE", String(negotiated.minSeconds)]]);
    const { timer, headers: timerHeaders } = negotiated.kind === "agreed" ? negotiated : UNTIMED;
    if (request.method === "UPDATE" && description.length === 0) {
      this.#refreshedByPeer(request, timer);
      return this.#reply(transaction, 200, [
        ["Contact", contactFor(this.#requests.flow, this.#contact)],
        ["Allow", ALLOW],
        ...timerHeaders,
      ]);
    }
    // Who sends the next offer has got our 2xx, so its ACK was only lost or overtaken (RFC 5407 §3.1.4).
    if (this.#answer?.complete === true) this.#acknowledged(Buffer.alloc(0));
    if (this.#closed) return this.#reply(transaction, 481);
    const verdict = this.#answer !== undefined ? "refuseOverlap" : this.#offers.move("receiveOffer");
    if (verdict === "refuseGlare") return this.#reply(transaction, 491);
    if (verdict !== "deliver") {
      return this.#reply(transaction, 500, [["Retry-After", String(this.#context.ids.integer(11))]]);
    }
    const offer = new PendingOffer(
      { transaction, description, from: this.#requests.flow.remote.host, timer, timerHeaders },
      {
        onAccepted: (arrived, body, onAck) => this.#accept(arrived, body, onAck),
        onRejected: (arrived, rejected, reason) => this.#reject(arrived.transaction, rejected, reason),
      },
    );
    // A refresh that changes nothing stays on its own leg (RFC 4028 §7.4: unchanged SDP, same version).
    if (this.#offers.isRefresh(description)) return offer.accept(this.#offers.local, () => {});
    if (request.method === "INVITE") transaction.respond(buildResponse(request, 100));
    if (this.#user === undefined) return offer.reject(488);
    this.#pending = offer;
    this.#user.onOffer(offer);
  }

  #accept({ transaction, description, timer, timerHeaders }: ArrivedOffer, body: Buffer, onAck: OnAck): void {
    const { request } = transaction;
    this.#pending = undefined;
    this.#refreshedByPeer(request, timer);
    this.#offers.describeRemote(description);
    this.#offers.describeLocal(body);
    const headers = this.#describing(body, timerHeaders);
    const response = buildResponse(request, 200, undefined, { headers, body });
    if (request.method === "INVITE") return this.answered(transaction, response, onAck);
    transaction.respond(response);
    this.#offers.move("settled");
  }

  #reject(transaction: ServerTransaction, status: number, reason: string | undefined): void {
    this.#pending = undefined;
    this.#offers.move("settled");
    transaction.respond(buildResponse(transaction.request, status, reason));
  }

  /** The peer's offer or UPDATE gets its 2xx: its target and timer hold from now. */
  #refreshedByPeer(request: SipRequest, timer: SessionTimer | undefined): void {
    this.dialog.refreshTarget(request);
    this.#refresh.start(timer);
  }

  /** A 2xx to our INVITE or UPDATE: what it says of the timer holds from now (RFC 4028 §7.2). */
  #refreshed(response: SipResponse): void {
    if (this.#closed) return;
    const before = this.#refresh.timer;
    const agreed = negotiateAsClient(response);
    this.#refresh.start(agreed ?? (before?.refresher === "local" ? before : undefined));
  }

  /** Headers of a request or 2xx that describes the session. */
  #describing(body: Buffer, timerHeaders: HeaderList): HeaderList {
    return [
      ["Contact", contactFor(this.#requests.flow, this.#contact)],
      ["Supported", "timer"],
      ["Allow", ALLOW],
      ...timerHeaders,
      ...(body.length > 0 ? ([["Content-Type", "application/sdp"]] as const) : []),
    ];
  }

  #request(
    method: string,
    headers: HeaderList,
    body?: Buffer,
    onStatus: (status: number) => void = () => {},
  ): void {
    this.#requests.ask(method, headers, body, (status) => {
      onStatus(status);
      // One request that cannot be sent (503) ends no dialog: the next one connects anew (RFC 3261 §12.2.1.2).
      this.#endIfUnknown(status, method);
    });
  }

  /** RFC 3261 §12.2.1.2: 481, 408 and silence end the dialog, with BYE. */
  #endIfUnknown(status: number, method: string): void {
    if (this.#closed || (status !== 481 && status !== 408)) return;
    this.#lose(status === 481 ? sipSaid("session.unknown", {}) : sipSaid("session.silent", { method }));
  }

  #reply(transaction: ServerTransaction, status: number, headers: HeaderList = []): void {
    transaction.respond(buildResponse(transaction.request, status, undefined, { headers }));
  }

  #sendRefresh(onRefused: (status: number) => void): void {
    // RFC 4028 §7.4: UPDATE without SDP where the peer takes it, else the very SDP that it has from us.
    const method = this.#peerUpdates ? "UPDATE" : "INVITE";
    const user: OfferUser = { onAnswer: (_answer, acknowledge) => acknowledge(), onRejected: onRefused };
    this.offer(this.#peerUpdates ? Buffer.alloc(0) : this.#offers.local, user, method);
  }

  /** Nothing more is to be expected of the peer: it is hung up all the same. */
  #lose(reason: Said, headers: HeaderList = []): void {
    const user = this.#user;
    this.bye(headers);
    user?.onLost(reason);
  }

  #close(): void {
    this.#closed = true;
    this.#refresh.stop();
    this.#answer?.stop();
    this.#answer = undefined;
    this.#deferred = undefined;
    this.#user = undefined;
    // RFC 3261 §15.1.2: what the peer still waits for is terminated with the session.
    this.#pending?.reject(487);
    this.#exchange?.drop();
    this.#exchange = undefined;
    this.#invite?.release();
  }

  #forget(): void {
    const key = dialogKey(this.dialog.callId, this.dialog.localTag);
    if (this.#context.dialogs.get(key) === this) this.#context.dialogs.delete(key);
  }
}
