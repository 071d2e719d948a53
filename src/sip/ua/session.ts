import { next } from "../../fsm/table.ts";
import type { Timer } from "../../runtime/clock.ts";
import type { Dialog, HeaderList } from "../dialog/dialog.ts";
import { type OfferAnswerEvent, type OfferAnswerState, offerAnswer } from "../dialog/offer-answer.fsm.ts";
import { negotiateAsServer, type SessionTimer, timerDelays } from "../dialog/session-timer.ts";
import { buildResponse } from "../message/build.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { ClientTransactionUser, ServerTransaction } from "../transaction/user.ts";
import type { Flow } from "../transport/transport.ts";
import { ALLOW } from "./capabilities.ts";
import { contactFor, type DialogOwner, dialogKey, flowInDialog, type UaContext } from "./context.ts";
import { OfferExchange, type OfferUser } from "./offer-exchange.ts";
import { RepeatedAnswer } from "./repeated-answer.ts";

/** A re-INVITE, or an UPDATE with a body, from the peer. Exactly one of accept and reject is to be called. */
export interface PeerOffer {
  readonly method: "INVITE" | "UPDATE";
  /** Empty: a re-INVITE without SDP, which asks for our offer in the 2xx (RFC 3261 §14.1). */
  readonly body: Buffer;
  /** `onAck` gets the ACK's body: the answer, where the offer was ours. */
  accept(body: Buffer, onAck: (answer: Buffer) => void): void;
  reject(status: number, reason?: string): void;
}

/** Speaks upward to the call that owns the session. */
export interface SessionUser {
  /** The peer hung up; 200 has been sent and the session is closed. */
  onBye(bye: SipRequest): void;
  onOffer(offer: PeerOffer): void;
  /** The user answers it. */
  onInfo(transaction: ServerTransaction): void;
  /** The dialog is dead and no BYE came: the reason in words. The session is closed. */
  onLost(reason: string): void;
}

/** Answers a digest challenge inside the dialog: the headers to add, or undefined to give up. */
export type AnswerChallenge = (request: SipRequest, response: SipResponse) => HeaderList | undefined;

export interface SessionParts {
  readonly dialog: Dialog;
  readonly flow: Flow;
  readonly timer: SessionTimer | undefined;
  /** Methods from the peer's Allow. */
  readonly peerUpdates: boolean;
  /** What we last sent and received as SDP, for refreshes. */
  readonly localSdp: Buffer;
  readonly remoteSdp: Buffer;
  readonly answerChallenge?: AnswerChallenge | undefined;
  readonly onClosed?: () => void;
}

/** A confirmed dialog with an INVITE session in it, on either side (RFC 3261 §14, §15; RFC 4028). */
export class Session implements DialogOwner {
  readonly #context: UaContext;
  readonly dialog: Dialog;
  readonly #peerUpdates: boolean;
  readonly #answerChallenge: AnswerChallenge | undefined;
  readonly #onClosed: (() => void) | undefined;
  #user: SessionUser | undefined;
  #flow: Flow;
  #offerState: OfferAnswerState = "stable";
  #answer: { readonly repeated: RepeatedAnswer; readonly onAck: (body: Buffer) => void } | undefined;
  #byeAfterAck: HeaderList | undefined;
  #timer: SessionTimer | undefined;
  #ticking: Timer | undefined;
  #lastRefreshAt = 0;
  #localSdp: Buffer;
  #remoteSdp: Buffer;
  #closed = false;

  constructor(context: UaContext, parts: SessionParts) {
    this.#context = context;
    this.dialog = parts.dialog;
    this.#flow = parts.flow;
    this.#peerUpdates = parts.peerUpdates;
    this.#answerChallenge = parts.answerChallenge;
    this.#onClosed = parts.onClosed;
    this.#localSdp = parts.localSdp;
    this.#remoteSdp = parts.remoteSdp;
    context.dialogs.set(dialogKey(this.dialog.callId, this.dialog.localTag), this);
    this.#startTimer(parts.timer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Sets who is told; until then nothing can arrive, as the session is handed over in one turn. */
  use(user: SessionUser): void {
    this.#user = user;
  }

  /** The 2xx to the INVITE that made this session: repeated until its ACK, whose body `onAck` gets. */
  answered(transaction: ServerTransaction, response: SipResponse, onAck: (body: Buffer) => void): void {
    const repeated = new RepeatedAnswer(this.#context, transaction, response, () => {
      this.#answer = undefined;
      this.#move("settled");
      // RFC 3261 §13.3.1.4: the dialog is confirmed, the session is ended with BYE.
      this.bye([["Reason", 'SIP;cause=408;text="ACK timeout"']]);
      this.#lose("no ACK came for our 200 OK within 32 s");
    });
    this.#answer = { repeated, onAck };
  }

  /** Sends our offer (or, with an empty body, asks for the peer's). One that cannot go out now is rejected with 491. */
  offer(body: Buffer, user: OfferUser, method: "INVITE" | "UPDATE" = "INVITE"): void {
    if (this.#closed) return user.onRejected(481, "the call has ended");
    if (this.#move("sendOffer") !== "send")
      return user.onRejected(491, "another change of the call is in progress");
    const carrier = method === "UPDATE" && !this.#peerUpdates ? "INVITE" : method;
    const headers: (readonly [string, string])[] = [
      ["Contact", contactFor(this.#flow)],
      ["Supported", "timer"],
      ["Allow", ALLOW],
    ];
    if (this.#timer !== undefined) {
      const refresher = this.#timer.refresher === "local" ? "uac" : "uas";
      headers.push(["Session-Expires", `${this.#timer.intervalSeconds};refresher=${refresher}`]);
    }
    if (body.length > 0) headers.push(["Content-Type", "application/sdp"]);
    const request = this.dialog.request(carrier, { headers, body });
    new OfferExchange({
      context: this.#context,
      dialog: this.dialog,
      request,
      send: (message, transactionUser) => this.#send(message, transactionUser),
      sendAck: (ack) => this.#context.transactions.sendAck(ack, this.#hop(ack)),
      user: {
        onAnswer: (answer, acknowledge) => {
          this.#settleLocal(body, answer);
          user.onAnswer(answer, (reply) => {
            if (reply !== undefined && reply.length > 0) this.#localSdp = reply;
            acknowledge(reply);
          });
        },
        onRejected: (status, reason) => {
          this.#move("settled");
          user.onRejected(status, reason);
          if (status === 481 || status === 408)
            this.#lose(`the other side no longer knows the call (${status})`);
        },
      },
    });
  }

  /** Sends an INFO with the peer's own body; the final status comes back. */
  info(contentType: string, body: Buffer, onStatus: (status: number) => void): void {
    const headers: HeaderList = [["Content-Type", contentType]];
    this.#request("INFO", headers, body, onStatus);
  }

  /**
   * Hangs up. A callee must not send BYE before the ACK for its 2xx (RFC 3261 §15), so it may go out a little
   * later; the session is closed for its user at once.
   */
  bye(headers: HeaderList = []): void {
    if (this.#closed) return;
    if (this.#answer !== undefined) {
      this.#byeAfterAck ??= headers;
      this.#user = undefined;
      return;
    }
    this.#request("BYE", headers, undefined, () => {});
    this.#close();
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
    this.#flow = transaction.flow;
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

  onAck(ack: SipRequest): void {
    const answer = this.#answer;
    if (answer === undefined || ack.cseq.number !== answer.repeated.sequence) return;
    answer.repeated.stop();
    this.#answer = undefined;
    this.#move("settled");
    if (ack.body.length > 0) this.#remoteSdp = ack.body;
    if (this.#byeAfterAck !== undefined) return this.bye(this.#byeAfterAck);
    answer.onAck(ack.body);
  }

  #onBye(transaction: ServerTransaction): void {
    this.#reply(transaction, 200);
    const user = this.#user;
    this.#close();
    user?.onBye(transaction.request);
  }

  #onOffer(transaction: ServerTransaction): void {
    const { request } = transaction;
    const negotiated = negotiateAsServer(request, this.#context.sessionTimer);
    if (negotiated.kind === "tooShort")
      return this.#reply(transaction, 422, [["Min-SE", String(negotiated.minSeconds)]]);
    const timerHeaders = negotiated.kind === "agreed" ? negotiated.headers : [];
    const agreed = (): void => {
      this.dialog.refreshTarget(request);
      this.#startTimer(negotiated.kind === "agreed" ? negotiated.timer : undefined);
    };
    if (request.method === "UPDATE" && request.body.length === 0) {
      agreed();
      return this.#reply(transaction, 200, [
        ["Contact", contactFor(this.#flow)],
        ["Allow", ALLOW],
        ...timerHeaders,
      ]);
    }
    const verdict = this.#answer !== undefined ? "refuseOverlap" : this.#move("receiveOffer");
    if (verdict === "refuseGlare") return this.#reply(transaction, 491);
    if (verdict !== "deliver") {
      return this.#reply(transaction, 500, [["Retry-After", String(this.#context.ids.integer(11))]]);
    }
    const offer = this.#peerOffer(transaction, timerHeaders, agreed);
    // A refresh that changes nothing stays on its own leg (RFC 4028 §7.4: unchanged SDP, same version).
    const unchanged = request.body.length > 0 && request.body.equals(this.#remoteSdp);
    if (unchanged && this.#localSdp.length > 0) return offer.accept(this.#localSdp, () => {});
    if (request.method === "INVITE") transaction.respond(buildResponse(request, 100));
    if (this.#user === undefined) return offer.reject(488);
    this.#user.onOffer(offer);
  }

  #peerOffer(transaction: ServerTransaction, timerHeaders: HeaderList, agreed: () => void): PeerOffer {
    const { request } = transaction;
    let open = true;
    const once = (act: () => void): void => {
      if (open && !transaction.answered) act();
      open = false;
    };
    return {
      method: request.method === "UPDATE" ? "UPDATE" : "INVITE",
      body: request.body,
      accept: (body, onAck) =>
        once(() => {
          agreed();
          if (request.body.length > 0) this.#remoteSdp = request.body;
          if (body.length > 0) this.#localSdp = body;
          const headers: HeaderList = [
            ["Contact", contactFor(this.#flow)],
            ["Supported", "timer"],
            ["Allow", ALLOW],
            ...timerHeaders,
            ...(body.length > 0 ? ([["Content-Type", "application/sdp"]] as const) : []),
          ];
          const response = buildResponse(request, 200, undefined, { headers, body });
          if (request.method === "INVITE") return this.answered(transaction, response, onAck);
          transaction.respond(response);
          this.#move("settled");
        }),
      reject: (status, reason) =>
        once(() => {
          this.#move("settled");
          transaction.respond(buildResponse(request, status, reason));
        }),
    };
  }

  #settleLocal(offered: Buffer, answer: Buffer): void {
    this.#move("settled");
    if (offered.length > 0) this.#localSdp = offered;
    if (answer.length > 0) this.#remoteSdp = answer;
    this.#lastRefreshAt = this.#context.clock.now();
  }

  /** Asks the offer/answer table; the state moves and the one action is returned. */
  #move(event: OfferAnswerEvent): string | undefined {
    const cell = next(offerAnswer, this.#offerState, event);
    if (cell === "ignore") return undefined;
    this.#offerState = cell.to;
    return cell.do[0];
  }

  #request(
    method: string,
    headers: HeaderList,
    body: Buffer | undefined,
    onStatus: (status: number) => void,
  ): void {
    const request = this.dialog.request(method, { headers, body });
    this.#send(request, {
      onResponse: (response) => {
        if (response.status < 200) return;
        onStatus(response.status);
        // RFC 3261 §12.2.1.2: 481 and 408 end the dialog.
        if (response.status === 481 || response.status === 408) {
          this.#lose(`the other side no longer knows the call (${response.status})`);
        }
      },
      onTimeout: () => {
        onStatus(408);
        this.#lose(`no reply to ${method} within 32 s`);
      },
      onTransportError: (reason) => {
        onStatus(503);
        this.#lose(`${method} could not be sent: ${reason}`);
      },
    });
  }

  /** Sends in the dialog, answering one challenge of a trunk that asks for credentials (RFC 3261 §22.2). */
  #send(request: SipRequest, user: ClientTransactionUser): void {
    const challenge = this.#answerChallenge;
    const wrapped: ClientTransactionUser =
      challenge === undefined
        ? user
        : {
            ...bindUser(user),
            onResponse: (response, flow) => {
              const credentials =
                response.status === 401 || response.status === 407 ? challenge(request, response) : undefined;
              if (credentials === undefined) return user.onResponse(response, flow);
              const kept = [...request.headers.entries()].filter(
                ([name]) => !DIALOG_FIELDS.has(name.toLowerCase()),
              );
              const again = this.dialog.request(request.method, {
                headers: [...kept, ...credentials],
                body: request.body,
              });
              this.#context.transactions.request(again, this.#hop(again), user);
            },
          };
    this.#context.transactions.request(request, this.#hop(request), wrapped);
  }

  #hop(request: SipRequest): Flow {
    return flowInDialog(this.#context, request.headers.get("route") ?? request.uri, this.#flow);
  }

  #reply(transaction: ServerTransaction, status: number, headers: HeaderList = []): void {
    transaction.respond(buildResponse(transaction.request, status, undefined, { headers }));
  }

  #startTimer(timer: SessionTimer | undefined): void {
    this.#ticking?.cancel();
    this.#timer = timer;
    this.#lastRefreshAt = this.#context.clock.now();
    if (timer === undefined || this.#closed) return;
    const { refreshMs, expireMs } = timerDelays(timer);
    this.#ticking = this.#context.clock.after(timer.refresher === "local" ? refreshMs : expireMs, () => {
      if (timer.refresher === "local") this.#refresh(expireMs);
      else this.#expire();
    });
  }

  #refresh(expireMs: number): void {
    const startedAt = this.#lastRefreshAt;
    const again = (delayMs: number): void => {
      this.#ticking = this.#context.clock.after(delayMs, () => {
        if (this.#context.clock.now() - startedAt >= expireMs) this.#expire();
        else attempt();
      });
    };
    const attempt = (): void => {
      this.offer(
        this.#peerUpdates ? Buffer.alloc(0) : this.#localSdp,
        {
          onAnswer: (_answer, acknowledge) => {
            acknowledge();
            this.#startTimer(this.#timer);
          },
          onRejected: (status) => {
            if (this.#closed) return;
            // RFC 3261 §14.1: wait 2.1–4 s in units of 10 ms before trying again after a glare.
            again(status === 491 ? 2100 + 10 * this.#context.ids.integer(191) : 5000);
          },
        },
        this.#peerUpdates ? "UPDATE" : "INVITE",
      );
    };
    attempt();
  }

  #expire(): void {
    // RFC 4028 §10: BYE, with the reason in words.
    const user = this.#user;
    this.bye([["Reason", 'SIP;cause=408;text="Session timer expired"']]);
    user?.onLost("the session timer ran out: the other side did not refresh the call");
  }

  #lose(reason: string): void {
    const user = this.#user;
    if (this.#closed) return;
    this.#close();
    user?.onLost(reason);
  }

  #close(): void {
    this.#closed = true;
    this.#ticking?.cancel();
    this.#answer?.repeated.stop();
    this.#answer = undefined;
    this.#user = undefined;
    const key = dialogKey(this.dialog.callId, this.dialog.localTag);
    if (this.#context.dialogs.get(key) === this) this.#context.dialogs.delete(key);
    this.#onClosed?.();
  }
}

/** Fields that `Dialog.request` writes itself, so that a repeated request takes them afresh. */
const DIALOG_FIELDS = new Set([
  "via",
  "route",
  "max-forwards",
  "from",
  "to",
  "call-id",
  "cseq",
  "content-length",
]);

function bindUser(user: ClientTransactionUser): ClientTransactionUser {
  return {
    onResponse: (response, flow) => user.onResponse(response, flow),
    onTimeout: () => user.onTimeout(),
    onTransportError: (reason) => user.onTransportError(reason),
  };
}
