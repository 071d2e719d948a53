import { formatHostPort } from "../../../lib/host-port.ts";
import type { Said } from "../../../lib/said.ts";
import type { Timer } from "../../../runtime/clock.ts";
import { Dialog, type HeaderList } from "../../dialog/dialog.ts";
import { negotiateAsServer, type SessionTimer } from "../../dialog/session-timer.ts";
import { buildResponse } from "../../message/build.ts";
import { descriptionOf } from "../../message/description.ts";
import type { SipRequest } from "../../message/message.ts";
import { statelessTag } from "../../transaction/matching.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import { ALLOW, SUPPORTED } from "../capabilities.ts";
import { contactFor, type DialogOwner, dialogKey, type OurContact, T1, type UaContext } from "../context.ts";
import { firstWay, isBack, type Reach, STAYS_ON_ITS_FLOW } from "../reach.ts";
import { checkBody } from "../request-checks.ts";
import { asksForSips, overTls } from "../sips.ts";
import type { AnswerChallenge } from "./dialog-requests.ts";
import { answerEarly } from "./early-requests.ts";
import type { PeerOffer } from "./peer-offer.ts";
import { ReliableProvisionals } from "./reliable-provisionals.ts";
import { InviteSession } from "./session.ts";

/** Speaks upward to the call that a caller's INVITE made. */
export interface InboundInviteUser {
  /** The caller gave up before an answer; 200 and 487 have been sent. `reason` is the CANCEL's Reason, if any. */
  onCancelled(reason: string | undefined): void;
  /** It cannot be answered any more (no PRACK, the response could not be sent). */
  onFailed(reason: Said): void;
  /**
   * A new offer in the PRACK for our answer (RFC 3262 §5); the answer goes into its 2xx. `fork`: of whom it is, see
   * `Progress`. Where nobody takes offers so early they get 488.
   */
  onOffer?(offer: PeerOffer, fork: number): void;
}

export interface Progress {
  readonly body?: Buffer | undefined;
  readonly headers?: HeaderList;
  /**
   * Which of the parties that are being rung this is about: each gets a To tag of its own, so that their SDP answers
   * may differ (RFC 3261 §13.2.1: within one dialog they must not). 0, or none: the tag of the INVITE itself.
   */
  readonly fork?: number;
}

const MINUTE_MS = 60_000;
const SECURE: OurContact = { secure: true };
const PLAIN: OurContact = { secure: false };

/** A caller's INVITE, from 100 to its final answer (RFC 3261 §13.3). */
export class InboundInvite implements DialogOwner {
  readonly transaction: ServerTransaction;
  /** Where the caller may lead us; to be set by whoever finds out who it is. */
  reach: Reach = STAYS_ON_ITS_FLOW;
  /** Answers the caller's challenges to our requests in the dialog; to be set likewise. */
  answerChallenge: AnswerChallenge | undefined = undefined;
  readonly #context: UaContext;
  readonly #tag: string;
  readonly #tags = new Set<string>();
  readonly #ours: OurContact;
  readonly #reliable: ReliableProvisionals | undefined;
  readonly #onDone: () => void;
  #offer: Buffer;
  /** To tags under which the caller has got our answer reliably: only there may it offer anew. */
  readonly #described = new Set<string>();
  #user: InboundInviteUser | undefined;
  /** Accepted, but the 200 has to wait for a PRACK. */
  #waiting: InviteSession | undefined;
  #done = false;
  /** What the caller heard last above 100, and when it hears it again. */
  #said: { readonly status: number; readonly progress: Progress } | undefined;
  #again: Timer | undefined;
  /** The caller's stream is closed: when we stop waiting for another. */
  #lost: Timer | undefined;

  /** `onDone`: a final answer has been given, nothing can be cancelled any more. */
  constructor(context: UaContext, transaction: ServerTransaction, onDone: () => void) {
    this.#context = context;
    this.#onDone = onDone;
    this.transaction = transaction;
    this.#tag = context.ids.hex(64);
    this.#ours = asksForSips(transaction.request) ? SECURE : PLAIN;
    this.#offer = descriptionOf(transaction.request);
    const { headers } = transaction.request;
    const wants = (name: string): boolean => headers.list(name).some((tag) => tag.toLowerCase() === "100rel");
    transaction.answerBy(this.#wayNow);
    this.#reliable = wants("require")
      ? new ReliableProvisionals(context, transaction, () => this.#giveUp())
      : undefined;
  }

  get request(): SipRequest {
    return this.transaction.request;
  }

  get flow(): Flow {
    return this.transaction.flow;
  }

  /** The caller's SDP; empty: it wants our offer (RFC 3261 §13.2.1). */
  get offer(): Buffer {
    return this.#offer;
  }

  /** A final answer has been given, or the caller has gone. */
  get done(): boolean {
    return this.#done;
  }

  use(user: InboundInviteUser): void {
    this.#user = user;
  }

  /** 100 Trying, at once, so that the caller stops repeating. */
  trying(): void {
    this.transaction.respond(buildResponse(this.request, 100));
  }

  /** A provisional response 101–199; reliable where the caller requires 100rel (RFC 3262). */
  progress(status: number, progress: Progress = {}): void {
    if (this.#done || this.#waiting !== undefined) return;
    // RFC 3262 §5: to an INVITE without an offer the first reliable response has to bring one, and ours comes only
    // with the answer. Such a caller gets its 100 and then the final response.
    if (this.#reliable !== undefined && this.offer.length === 0) return;
    this.#said = { status, progress };
    if (this.#again === undefined) this.#sayAgainLater();
    this.#provisional(status, progress);
  }

  /** RFC 3261 §13.3.1.1: at every minute, or a proxy on the way gives the INVITE up (Timer C, §16.6). */
  #sayAgainLater(): void {
    this.#again = this.#context.clock.after(MINUTE_MS, () => {
      if (this.#said === undefined || this.#waiting !== undefined) return;
      this.#sayAgainLater();
      const { status, progress } = this.#said;
      // An answer that has been acknowledged is not given a second time, nor does a 2xx wait for it again (RFC 3262 §5).
      this.#provisional(status, this.#reliable === undefined ? progress : { ...progress, body: undefined });
    });
  }

  #provisional(status: number, progress: Progress): void {
    const tag = this.#forkTag(progress.fork);
    this.#own(tag);
    const body = progress.body;
    const make = (extra: HeaderList): ReturnType<typeof buildResponse> =>
      buildResponse(this.request, status, undefined, {
        toTag: tag,
        headers: [
          ["Contact", contactFor(this.flow, this.#ours)],
          ["Allow", ALLOW],
          ...(progress.headers ?? []),
          ...extra,
          ...(body !== undefined && body.length > 0 ? ([["Content-Type", "application/sdp"]] as const) : []),
        ],
        ...(body !== undefined ? { body } : {}),
      });
    if (this.#reliable === undefined) return this.transaction.respond(make([]));
    if (body !== undefined && body.length > 0) this.#described.add(tag);
    this.#reliable.send(
      tag,
      (rseq) =>
        make([
          ["Require", "100rel"],
          ["RSeq", String(rseq)],
        ]),
      body !== undefined && body.length > 0,
    );
  }

  /**
   * 200 OK with SDP, on behalf of a leg. `onAck` gets the ACK's body (the caller's answer, where the offer was ours).
   * Undefined: the caller has gone meanwhile.
   */
  accept(
    answer: { readonly body: Buffer; readonly headers?: HeaderList; readonly fork?: number },
    onAck: (body: Buffer) => void,
  ): InviteSession | undefined {
    if (this.#done || this.#waiting !== undefined) return undefined;
    const negotiated = negotiateAsServer(this.request, this.#context.sessionTimer);
    const timer = negotiated.kind === "agreed" ? negotiated : undefined;
    const tag = this.#forkTag(answer.fork);
    const session = this.#session(tag, timer?.timer, answer.body);
    const response = buildResponse(this.request, 200, undefined, {
      toTag: tag,
      headers: [
        ["Contact", contactFor(this.flow, this.#ours)],
        ["Allow", ALLOW],
        ["Supported", SUPPORTED.join(", ")],
        ...(timer?.headers ?? []),
        ...(answer.headers ?? []),
        ...(answer.body.length > 0 ? ([["Content-Type", "application/sdp"]] as const) : []),
      ],
      body: answer.body,
    });
    const send = (): void => {
      this.#done = true;
      this.#lost?.cancel();
      this.#waiting = undefined;
      this.#release();
      this.#context.dialogs.set(dialogKey(this.request.callId, tag), session);
      session.answered(this.transaction, response, onAck);
    };
    if (this.#reliable === undefined) {
      send();
    } else {
      // The PRACK that the 200 may have to wait for comes to this invite, not yet to the session.
      this.#tags.add(tag);
      this.#context.dialogs.set(dialogKey(this.request.callId, tag), this);
      this.#waiting = session;
      session.waiting(() => this.reject(480));
      this.#reliable.whenAcceptable(send);
    }
    return session;
  }

  /** A final response 300–699. */
  reject(status: number, reason?: string, headers: HeaderList = []): void {
    if (this.#done) return;
    this.transaction.respond(buildResponse(this.request, status, reason, { toTag: this.#tag, headers }));
    this.#end();
  }

  /** A refusal to somebody unknown, said once; see `ServerTransaction.dismiss`. */
  dismiss(status: number, headers: HeaderList = []): void {
    if (this.#done) return;
    const toTag = statelessTag(this.request);
    this.transaction.dismiss(buildResponse(this.request, status, undefined, { toTag, headers }));
    this.#end();
  }

  /** CANCEL came: 487 to the INVITE (RFC 3261 §9.2). After a final answer it means nothing. */
  cancelled(cancel: SipRequest): void {
    if (this.#done) return;
    const user = this.#user;
    this.reject(487);
    user?.onCancelled(cancel.headers.get("reason"));
  }

  /**
   * The transaction could not deliver what we sent. Of a known caller whose stream broke the call goes on: what is left to
   * say takes another one (RFC 3261 §18.2.2). Half a minute is what a peer has for that.
   */
  failed(reason: Said): void {
    if (this.#done || this.#lost !== undefined) return;
    if (this.flow.open || !this.flow.reliable || this.reach === STAYS_ON_ITS_FLOW) return this.#fail(reason);
    this.#lost = this.#context.clock.after(64 * T1, () => {
      this.#lost = undefined;
      if (!this.#done && !isBack(this.#reachNow, this.#contact)) this.#fail(reason);
    });
  }

  #fail(reason: Said): void {
    const user = this.#user;
    // Without a final response the transaction would wait for one for ever.
    this.reject(503);
    user?.onFailed(reason);
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === "PRACK") return this.#acknowledged(transaction);
    if (request.method === "BYE") {
      // RFC 3261 §15: a caller may end an early dialog with BYE; the INVITE gets 487 (§15.1.2).
      transaction.respond(buildResponse(request, 200));
      return this.cancelled(request);
    }
    answerEarly(transaction, 500, [["Retry-After", String(this.#context.ids.integer(11))]]);
  }

  #acknowledged(transaction: ServerTransaction): void {
    const { request } = transaction;
    // The 200 that waits for this PRACK describes what holds without the new offer.
    const settled = this.#waiting !== undefined;
    if (this.#reliable?.acknowledge(request) !== true) {
      return transaction.respond(buildResponse(request, 481));
    }
    const refusal = checkBody(request);
    if (refusal !== undefined) {
      const { status, headers = [] } = refusal;
      return transaction.respond(buildResponse(request, status, undefined, { headers }));
    }
    const body = descriptionOf(request);
    if (body.length === 0) return transaction.respond(buildResponse(request, 200));
    const tag = request.to.tag ?? "";
    const user = settled || this.#done || !this.#described.has(tag) ? undefined : this.#user;
    // The PRACK itself counts, whatever becomes of its offer.
    if (user?.onOffer === undefined) return transaction.respond(buildResponse(request, 488));
    user.onOffer(this.#prackOffer(transaction, body), Number(tag.slice(this.#tag.length + 1)));
  }

  #prackOffer(transaction: ServerTransaction, body: Buffer): PeerOffer {
    const { request } = transaction;
    return {
      method: "UPDATE",
      body,
      from: this.flow.remote.host,
      accept: (answer) => {
        this.#offer = body;
        const headers = [["Content-Type", "application/sdp"]] as const;
        transaction.respond(buildResponse(request, 200, undefined, { headers, body: answer }));
      },
      reject: (status, reason) => transaction.respond(buildResponse(request, status, reason)),
    };
  }

  onAck(): void {
    // An ACK to an early dialog belongs to a non-2xx answer, which the transaction absorbs.
  }

  #session(tag: string, timer: SessionTimer | undefined, localSdp: Buffer): InviteSession {
    const allow = this.request.headers.list("allow").map((method) => method.toUpperCase());
    return new InviteSession(this.#context, {
      dialog: Dialog.asServer(this.request, tag),
      flow: this.flow,
      reach: this.#reachNow,
      contact: this.#ours,
      timer,
      peerUpdates: allow.includes("UPDATE"),
      localSdp,
      remoteSdp: this.offer,
      answerChallenge: this.answerChallenge,
    });
  }

  /**
   * The address that the INVITE came from, at the port that its Via names (RFC 3261 §18.2.2), if the caller may lead us
   * there; or where the caller is besides.
   */
  readonly #wayNow = (): Flow | undefined => {
    const { flow } = this;
    const { host } = flow.remote;
    const { port = flow.transport === "tls" ? 5061 : 5060 } = this.request.via;
    const sender = `sip:${formatHostPort(host, port)};transport=${flow.transport}`;
    const peer = { transport: this.#context.transport, reach: this.#reachNow, flow };
    return firstWay(peer, sender, this.#contact);
  };

  /** Sips was asked for over something else than TLS: that cannot be kept, and is no reason to refuse the call. */
  get #reachNow(): Reach {
    return this.#ours.secure === true && this.flow.transport === "tls" ? overTls(this.reach) : this.reach;
  }

  get #contact(): string {
    return Dialog.asServer(this.request, "").target;
  }

  #forkTag(fork: number | undefined): string {
    return fork === undefined || fork === 0 ? this.#tag : `${this.#tag}.${fork}`;
  }

  #own(tag: string): void {
    if (this.#tags.has(tag)) return;
    this.#tags.add(tag);
    this.#context.dialogs.set(dialogKey(this.request.callId, tag), this);
  }

  #end(): void {
    this.#done = true;
    this.#lost?.cancel();
    this.#reliable?.stop();
    this.#waiting?.drop();
    this.#waiting = undefined;
    this.#release();
  }

  #release(): void {
    this.#again?.cancel();
    this.#said = undefined;
    this.#onDone();
    for (const tag of this.#tags) {
      const key = dialogKey(this.request.callId, tag);
      if (this.#context.dialogs.get(key) === this) this.#context.dialogs.delete(key);
    }
  }

  #giveUp(): void {
    // RFC 3262 §3: no PRACK within 64*T1: a 5xx.
    const user = this.#user;
    this.reject(504, "No PRACK");
    user?.onFailed(sipSaid("peer.noPrack", {}));
  }
}
