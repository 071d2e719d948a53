import { hostOf } from "../lib/host-port.ts";
import type { Said } from "../lib/said.ts";
import type { Ids } from "../runtime/ids.ts";
import type { HeaderList, InboundInvite, InviteSession, PeerOffer } from "../sip/index.ts";
import { type Fork, Forks } from "./forks.ts";
import type { SdpOrigin } from "./sdp-origin.ts";

/** Speaks upward to the call. */
export interface CallerUser {
  /** CANCEL, or BYE before anybody answered: the value of its Reason header, if any. */
  onCancelled(reason: string): void;
  /** It describes itself anew before anybody has answered; `fork`: towards whom. */
  onOffer(offer: PeerOffer, fork: Fork): void;
  /** We could not even reach the caller. */
  onFailed(reason: Said): void;
}

/** Leg number under which we are known to the caller when we answer ourselves: legs to others begin at 1. */
const OURSELVES = 0;

/** The caller's leg, from its INVITE to the session it becomes. */
export class CallerLeg {
  /** `origin` of the session: its `o=` line. */
  #origin: SdpOrigin | undefined;
  #forks: Forks | undefined;
  /** Until the caller has its final answer; a call that is up does not keep the INVITE. */
  #invite: InboundInvite | undefined;
  #session: InviteSession | undefined;

  constructor(invite: InboundInvite, ids: Ids) {
    this.#invite = invite;
    this.#forks = new Forks(ids, hostOf(invite.flow.sentBy));
  }

  /** The caller's session once it has been answered. */
  get session(): InviteSession | undefined {
    return this.#session;
  }

  /** Writes descriptions for the session; undefined before it is answered. */
  get origin(): SdpOrigin | undefined {
    return this.#origin;
  }

  /** The caller's SDP; empty where it sent none, or has been answered. */
  get offer(): Buffer {
    return this.#invite?.offer ?? Buffer.alloc(0);
  }

  /** 100 Trying; from now on `user` hears of the caller's end. */
  begin(user: CallerUser): void {
    this.#invite?.use({
      onCancelled: (reason) => user.onCancelled(reason ?? ""),
      onFailed: (reason) => user.onFailed(reason),
      onOffer: (offer, number) => {
        const fork = this.#forks?.numbered(number);
        if (fork === undefined) offer.reject(488);
        else user.onOffer(offer, fork);
      },
    });
    this.#invite?.trying();
  }

  /** Plain ringing, for which no phone rings. */
  ringing(): void {
    this.#invite?.progress(180);
  }

  /** A leg rings, or sends early media (`body` is its description, or ours). `tag`: which phone behind the leg. */
  progress(leg: number, tag: string | undefined, status: number, body: Buffer): void {
    const fork = this.#forks?.ringing(leg, tag);
    if (fork === undefined) return;
    // A caller without an offer gets the callee's in the 200, where its answer can come back in the ACK.
    const early = body.length > 0 && this.offer.length !== 0;
    this.#invite?.progress(status === 183 && !early ? 180 : status, {
      fork: fork.number,
      body: early ? fork.origin.rewrite(body) : undefined,
    });
  }

  /** 200 OK on behalf of a leg. `onAck` gets the ACK's body. False: the caller has gone meanwhile. */
  answer(leg: number, tag: string | undefined, body: Buffer, onAck: (body: Buffer) => void): boolean {
    const fork = this.#forks?.answering(leg, tag);
    return fork !== undefined && this.#accept(fork, body, onAck);
  }

  /** 200 OK by ourselves, to play something. */
  answerOurselves(body: Buffer, onAck: (body: Buffer) => void): boolean {
    return this.answer(OURSELVES, undefined, body, onAck);
  }

  refuse(status: number, headers: HeaderList): void {
    this.#invite?.reject(status, undefined, headers);
  }

  /** `headers`: the reason, if it is not somebody's will. */
  hangUp(headers: HeaderList): void {
    this.#session?.bye(headers);
  }

  #accept(fork: Fork, body: Buffer, onAck: (body: Buffer) => void): boolean {
    const session = this.#invite?.accept({ body: fork.origin.rewrite(body), fork: fork.number }, onAck);
    this.#invite = undefined;
    this.#forks = undefined;
    this.#session = session;
    this.#origin = fork.origin;
    return session !== undefined;
  }
}
