import type { Said, Why } from "../../../lib/said.ts";
import type { Timer } from "../../../runtime/clock.ts";
import type { HeaderList } from "../../dialog/dialog.ts";
import { askForTimer, minimumOf, negotiateAsClient } from "../../dialog/session-timer.ts";
import { buildRequest, buildResponse } from "../../message/build.ts";
import { descriptionOf } from "../../message/description.ts";
import type { SipResponse } from "../../message/message.ts";
import type { ClientTransaction, ServerTransaction } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import { ALLOW } from "../capabilities.ts";
import {
  contactFor,
  type DialogOwner,
  dialogKey,
  type Invited,
  type OurContact,
  type UaContext,
} from "../context.ts";
import { NO_ANSWER, type PlaceWatch } from "../place-watch.ts";
import type { Reach } from "../reach.ts";
import { mustBeSecure, overTls } from "../sips.ts";
import { type AnswerChallenge, NO_CREDENTIALS } from "./dialog-requests.ts";
import { answerEarly } from "./early-requests.ts";
import { ANSWERED_ELSEWHERE, InviteAttempt } from "./invite-attempt.ts";
import { InviteSession } from "./session.ts";

/** Speaks upward to the call that made the INVITE. Exactly one of onAnswered and onFailed is called, once. */
export interface OutboundInviteUser {
  /** A provisional response above 100, with the session description in it; empty: none. */
  onProgress(response: SipResponse, description: Buffer): void;
  /**
   * 2xx. `description`: the peer's answer to our offer, wherever in the dialog it stood, or its offer; empty: none. The
   * ACK goes out as soon as this returns, or before a BYE from within, so that the answer is passed on first.
   * Where the INVITE had no SDP `acknowledge` must be called with the answer to the offer in the response (RFC 3261
   * §13.2.2.4).
   */
  onAnswered(session: InviteSession, description: Buffer, acknowledge: (answer: Buffer) => void): void;
  /** Any other end; `response` is the peer's, where one came, and the reason its phrase. 487 after our cancel. */
  onFailed(status: number, reason: Why, response: SipResponse | undefined): void;
}

/** One place that an INVITE is sent to. */
export interface InviteWay {
  readonly flow: Flow;
  /** Without any response for so long the next way is taken, or the INVITE given up; undefined: Timer B (32 s). */
  readonly patienceMs?: number | undefined;
  /** Another way follows. */
  readonly more: boolean;
}

/**
 * Ways for one INVITE, best first; each is made when its turn has come, so that no connection is opened that is not needed.
 * What it returns says what was tried, for people; undefined: nothing worth saying.
 */
export type InviteWays = Iterator<InviteWay, Said | undefined>;

export interface OutboundInviteParts {
  readonly uri: string;
  /** Name-addr texts without tag. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly maxForwards: number;
  readonly headers: HeaderList;
  /** Who we are in Contact; left out: an address without a user part. */
  readonly contact?: OurContact | undefined;
  /** Route header values (a binding's Path, a trunk's proxy). */
  readonly routes: readonly string[];
  /** SDP offer; empty: the peer is asked for one. */
  readonly body: Buffer;
  /** The next is taken when one does not answer at all, cannot be reached, or says 503 (RFC 3263 §4.3). */
  readonly ways: InviteWays;
  readonly watch?: PlaceWatch | undefined;
  /** Where whoever answers may lead us. */
  readonly reach: Reach;
  readonly answerChallenge?: AnswerChallenge | undefined;
}

/** A stream that broke under way: so long the answer may come on another one. */
const STREAM_LOST_MS = 4000;
/** Who is there has said 100 long before (RFC 3261 §17.2.1), or, where less patience is had with him, something else by then. */
const SILENT_STREAM_MS = { waited: 2_000, altogether: 60_000 } as const;
/** So long at most before a silent stream is given up for a new one to the same place, where it was there before. */
const OLD_STREAM_MS = 4_000;
/** At most two challenges of an address are answered, so that a peer cannot keep us busy with ever new nonces. */
const MAX_CHALLENGES = 2;
const CANCELLED = sipSaid("peer.cancelled", {});

/** An INVITE of ours with its forks, from the request to one session or a failure (RFC 3261 §13.2). */
export class OutboundInvite implements DialogOwner {
  readonly #context: UaContext;
  readonly #parts: OutboundInviteParts;
  /** Undefined once it has been told how the INVITE ended: then nothing here keeps a call alive. */
  #user: OutboundInviteUser | undefined;
  readonly #contact: OurContact | undefined;
  readonly #reach: Reach;
  readonly #tag: string;
  readonly #invited: Invited;
  #sequence = 0;
  #challenges = 0;
  #raisedMinimum: number | undefined;
  #extra: HeaderList = NO_CREDENTIALS;
  /** The present one; undefined before the first. */
  #way: InviteWay | undefined;
  /** The last way whose stream was opened anew. */
  #reopened: InviteWay | undefined;
  #transaction: ClientTransaction | undefined;
  #current: InviteAttempt | undefined;
  #silence: Timer | undefined;
  #cancelled: HeaderList | undefined;
  #done = false;

  constructor(context: UaContext, parts: OutboundInviteParts, user: OutboundInviteUser) {
    this.#context = context;
    this.#parts = parts;
    this.#user = user;
    const secure = mustBeSecure(parts.uri, parts.routes);
    this.#contact = secure ? { ...parts.contact, secure } : parts.contact;
    this.#reach = secure ? overTls(parts.reach) : parts.reach;
    this.#tag = context.ids.hex(64);
    this.#invited = { hosts: [], ended: 0 };
  }

  /** Sends the first INVITE. */
  start(): void {
    this.#context.dialogs.set(dialogKey(this.#parts.callId, this.#tag), this);
    this.#context.invited.set(this.#parts.callId, this.#invited);
    this.#nextWay(sipSaid("peer.noAddress", {}));
  }

  /**
   * Gives up: CANCEL as soon as that is allowed (RFC 3261 §9.1); an answer that crosses it is acknowledged and hung
   * up. The user hears onFailed(487) at the end.
   */
  cancel(headers: HeaderList = []): void {
    if (this.#done || this.#cancelled !== undefined) return;
    this.#cancelled = headers;
    this.#silence?.cancel();
    const attempt = this.#current;
    this.#transaction?.cancel(headers, () => attempt?.wayNow());
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (this.#current?.knows(request.from.tag) !== true)
      return transaction.respond(buildResponse(request, 481));
    answerEarly(transaction, 491);
  }

  onAck(): void {
    // We are the caller here: an ACK cannot be meant for this side.
  }

  #nextWay(why: Why, response?: SipResponse): void {
    if (this.#cancelled !== undefined) return this.#fail(487, CANCELLED, undefined);
    const next = this.#parts.ways.next();
    if (next.done !== true) {
      this.#way = next.value;
      this.#challenges = 0;
      return this.#send(next.value.flow);
    }
    const reason =
      response !== undefined || next.value === undefined
        ? why
        : sipSaid("peer.nobodyLeft", { why, tried: next.value });
    this.#fail(response?.status ?? (this.#way === undefined ? 480 : 503), reason, response);
  }

  /** `patienceMs`: as in `InviteWay`. */
  #send(flow: Flow, patienceMs = this.#way?.patienceMs): void {
    this.#sequence += 1;
    const { host } = flow.remote;
    const { hosts } = this.#invited;
    if (!hosts.includes(host)) this.#invited.hosts = hosts.concat(host);
    const { uri, body, watch } = this.#parts;
    const request = buildRequest({ method: "INVITE", uri, headers: this.#headers(flow), body });
    const sent = { request, flow, credentials: this.#extra, reach: this.#reach, invited: this.#invited };
    const attempt = new InviteAttempt(this.#context, sent, {
      // Also of an address that was given up: it is there.
      onProgress: (response) => {
        watch?.answered(flow, response);
        this.#onProgress(attempt, response);
      },
      onFinal: (response, cameFrom) => {
        watch?.answered(flow, response);
        this.#onFinal(attempt, response, cameFrom);
      },
      onAnswer: (response) => {
        watch?.answered(flow, response);
        this.#onAnswer(attempt, response);
      },
      onNothing: (status, reason) => this.#onNothing(attempt, status, reason),
      onStreamLost: (reason) => this.#onStreamLost(attempt, reason),
    });
    this.#current = attempt;
    this.#transaction = this.#context.transactions.request(request, flow, attempt);
    this.#waitFor(attempt, patienceMs);
  }

  #headers(flow: Flow): HeaderList {
    const parts = this.#parts;
    const described = parts.body.length > 0;
    const headers: (readonly [string, string])[] = parts.routes.map((route) => ["Route", route] as const);
    headers.push(
      ["Max-Forwards", String(parts.maxForwards)],
      ["From", `${parts.from};tag=${this.#tag}`],
      ["To", parts.to],
      ["Call-ID", parts.callId],
      ["CSeq", `${this.#sequence} INVITE`],
      ["Contact", contactFor(flow, this.#contact)],
      ["Allow", ALLOW],
      // Without an offer 100rel would put the peer's offer into a 1xx and our answer into the PRACK: not asked for.
      ["Supported", described ? "100rel, timer" : "timer"],
    );
    const timer = this.#context.sessionTimer;
    headers.push(
      ...askForTimer({
        ...timer,
        intervalSeconds: Math.max(timer.intervalSeconds, this.#raisedMinimum ?? 0),
        minSeconds: Math.max(timer.minSeconds, this.#raisedMinimum ?? 0),
      }),
    );
    headers.push(...parts.headers, ...this.#extra);
    if (described) headers.push(["Content-Type", "application/sdp"]);
    return headers;
  }

  /**
   * For any response, and then on to the next address. A stream that was there before and on which nothing at all has come since is
   * one that a NAT has forgotten: with half of the patience left the same place is asked over another one (docs/adr/0123).
   */
  #waitFor(attempt: InviteAttempt, patienceMs: number | undefined): void {
    if (patienceMs === undefined) return;
    const { flow } = attempt;
    const firstMs = Math.min(OLD_STREAM_MS, patienceMs / 2);
    if (!this.#mayReopen(flow) || firstMs < SILENT_STREAM_MS.waited)
      return this.#after(attempt, patienceMs, () => this.#giveUp(attempt, patienceMs));
    this.#after(attempt, firstMs, () => {
      const leftMs = patienceMs - firstMs;
      if (flow.endIfSilent?.(this.#context.clock.now() - firstMs) !== true)
        return this.#after(attempt, leftMs, () => this.#giveUp(attempt, patienceMs));
      if (!this.#reopen(attempt, leftMs)) this.#giveUp(attempt, patienceMs);
    });
  }

  #after(attempt: InviteAttempt, waitMs: number, then: () => void): void {
    this.#silence = this.#context.clock.after(waitMs, () => {
      if (!this.#done && this.#cancelled === undefined && attempt === this.#current) then();
    });
  }

  /** Nothing has come for as long as this place has. */
  #giveUp({ flow }: InviteAttempt, patienceMs: number): void {
    this.#transaction?.cancel();
    this.#current = undefined;
    const { waited, altogether } = SILENT_STREAM_MS;
    const silentMs = patienceMs < waited ? altogether : patienceMs;
    flow.endIfSilent?.(this.#context.clock.now() - silentMs);
    this.#parts.watch?.failed(flow, NO_ANSWER);
    this.#nextWay(NO_ANSWER);
  }

  #onProgress(attempt: InviteAttempt, response: SipResponse): void {
    // An address that was given up because it was silent may still wake up; it has been cancelled.
    if (this.#done || attempt !== this.#current) return;
    this.#silence?.cancel();
    // 199 only tells of a fork that ended (RFC 6228); we did not ask for it.
    if (response.status === 100 || response.status === 199 || !attempt.follows(response)) return;
    // PRACK for a reliable one, once per RSeq and fork (RFC 3262 §4).
    const rseq = reliableNumber(response);
    if (rseq !== undefined) attempt.acknowledge(response, rseq);
    const description = attempt.describe(response, rseq !== undefined);
    if (this.#cancelled === undefined) this.#user?.onProgress(response, description);
  }

  #onFinal(attempt: InviteAttempt, response: SipResponse, cameFrom: Flow): void {
    // What comes of an address that was given up takes nothing from the patience with the present one.
    if (this.#done || attempt !== this.#current) return;
    this.#silence?.cancel();
    if (this.#cancelled !== undefined) return this.#fail(487, CANCELLED, response);
    if (
      (response.status === 401 || response.status === 407) &&
      this.#answerChallenge(attempt, response, cameFrom)
    )
      return;
    if (response.status === 422 && this.#raisedMinimum === undefined) {
      this.#raisedMinimum = minimumOf(response);
      // RFC 4028 §7.3: once more, with the larger Min-SE.
      if (this.#raisedMinimum !== undefined) return this.#send(attempt.flow);
    }
    // RFC 3261 §21.5.4 and RFC 3263 §4.3: 408 and 5xx are about that server, not about the callee. Not once it rang.
    const server = response.status === 408 || (response.status >= 500 && response.status < 600);
    if (server && !attempt.rang) return this.#nextWay(response.reason, response);
    this.#fail(response.status, response.reason, response);
  }

  #answerChallenge(attempt: InviteAttempt, response: SipResponse, cameFrom: Flow): boolean {
    if (this.#parts.answerChallenge === undefined || this.#challenges >= MAX_CHALLENGES) return false;
    // Over UDP anybody can send a challenge; only the host that was asked is told a proof of the password (B7).
    if (cameFrom.remote.host !== attempt.flow.remote.host) return false;
    const credentials = attempt.request && this.#parts.answerChallenge(attempt.request, response);
    if (credentials === undefined) return false;
    this.#challenges += 1;
    this.#extra = credentials;
    this.#send(attempt.flow);
    return true;
  }

  /**
   * The answer takes another stream, where there is one: a peer that has not rung, or that cannot be reached any more, is
   * given as long as a silent address.
   */
  #onStreamLost(attempt: InviteAttempt, reason: Said): void {
    if (this.#done || attempt !== this.#current || this.#cancelled !== undefined) return;
    this.#silence?.cancel();
    this.#after(attempt, STREAM_LOST_MS, () => {
      if (attempt.isBack && (attempt.rang || this.#way?.more !== true)) return;
      this.#transaction?.cancel([], () => attempt.wayNow());
      this.#current = undefined;
      if (attempt.rang) this.#fail(503, reason, undefined);
      else this.#nextWay(reason);
    });
  }

  #onNothing(attempt: InviteAttempt, status: number, reason: Said): void {
    if (this.#done || attempt !== this.#current) return;
    this.#silence?.cancel();
    if (status === 408 && attempt.rang) return this.#fail(408, reason, undefined);
    // A stream that was there before may have been closed at the other end without a word (RFC 3261 §18.4).
    if (status === 503 && this.#reopen(attempt)) return;
    this.#parts.watch?.failed(attempt.flow, status === 408 ? NO_ANSWER : reason);
    this.#nextWay(reason);
  }

  /** One that we had opened, and not in the place of another. */
  #mayReopen({ connected, target }: Flow): boolean {
    return connected === true && target !== undefined && this.#reopened !== this.#way;
  }

  /**
   * Once for each address: a closed stream that we had opened is opened anew. `leftMs`: so much patience is left; undefined: all
   * of it.
   */
  #reopen({ flow }: InviteAttempt, leftMs?: number): boolean {
    const target = flow.target;
    if (this.#cancelled !== undefined || target === undefined || !this.#mayReopen(flow)) return false;
    this.#reopened = this.#way;
    const again = this.#context.transport.flowTo(target);
    if (again === undefined || again === flow) return false;
    // Whoever got the first all the same must not ring twice; it goes ahead of the second. Who cut it may be another call.
    if (flow.wasCut === true) this.#transaction?.abandon(again);
    this.#send(again, leftMs);
    return true;
  }

  #onAnswer(attempt: InviteAttempt, response: SipResponse): void {
    if (attempt === this.#current) this.#silence?.cancel();
    const dialog = attempt.dialogOf(response);
    if (this.#done || this.#cancelled !== undefined || attempt !== this.#current) {
      // A second fork, or an answer that crossed our CANCEL: ACK and BYE at once (RFC 3261 §13.2.2.4, §9.1).
      attempt.abandon(dialog, response, this.#cancelled ?? ANSWERED_ELSEWHERE);
      if (!this.#done && this.#cancelled !== undefined) this.#fail(487, CANCELLED, response);
      return;
    }
    const user = this.#user;
    const offered = this.#parts.body.length > 0;
    const description = offered ? attempt.answerOf(response) : descriptionOf(response);
    this.#finish();
    attempt.detach();
    if (offered) attempt.owe(dialog, response);
    const session = new InviteSession(this.#context, {
      dialog,
      flow: attempt.flow,
      reach: this.#reach,
      contact: this.#contact,
      timer: negotiateAsClient(response),
      peerUpdates: hasToken(response, "allow", "update"),
      localSdp: this.#parts.body,
      remoteSdp: description,
      answerChallenge: this.#parts.answerChallenge,
      invite: attempt,
    });
    try {
      user?.onAnswered(session, description, (answer) => {
        session.describe(answer);
        attempt.confirm(dialog, response, answer);
      });
    } finally {
      attempt.payAck();
    }
  }

  #fail(status: number, reason: Why, response: SipResponse | undefined): void {
    if (this.#done) return;
    const user = this.#user;
    this.#finish();
    this.#current?.detach();
    user?.onFailed(status, reason, response);
  }

  #finish(): void {
    this.#done = true;
    this.#user = undefined;
    this.#silence?.cancel();
    this.#transaction = undefined;
    const key = dialogKey(this.#parts.callId, this.#tag);
    if (this.#context.dialogs.get(key) === this) this.#context.dialogs.delete(key);
  }
}

/** RSeq of a response that has to be acknowledged; undefined: none. */
function reliableNumber(response: SipResponse): number | undefined {
  if (response.to.tag === undefined || !hasToken(response, "require", "100rel")) return undefined;
  const rseq = Number(response.headers.get("rseq"));
  return Number.isInteger(rseq) ? rseq : undefined;
}

function hasToken(response: SipResponse, header: string, token: string): boolean {
  return response.headers.list(header).some((value) => value.toLowerCase() === token);
}
