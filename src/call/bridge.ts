import type { Why } from "../lib/said.ts";
import {
  buildResponse,
  type InviteSession,
  type PeerOffer,
  type ServerTransaction,
  type SessionUser,
} from "../sip/index.ts";
import type { SdpOrigin } from "./sdp-origin.ts";

/** One end of a connected call. */
export interface BridgeEnd {
  readonly leg: string;
  readonly session: InviteSession;
  readonly origin: SdpOrigin;
}

/** Which is the code of its note. */
export type MediaChange = "note.hold" | "note.mediaChanged";

export interface BridgeUser {
  /** This end hung up. */
  onGone(end: BridgeEnd): void;
  /** This end died without a word. */
  onLost(end: BridgeEnd, reason: Why): void;
  /** This end changed how it hears or speaks. */
  onMedia(end: BridgeEnd, change: MediaChange): void;
}

/** Answers what one end offers, where the sound passes through us: the other end is not troubled. */
export interface BridgeOffers {
  answer(end: BridgeEnd, offer: PeerOffer): void;
}

/**
 * Couples two sessions: what one side offers is offered to the other, SDP untouched but for its origin line, so that
 * media keeps flowing end to end; INFO is carried across; each side's BYE is told to the call. With `offers` the sound
 * passes through us, and each end is a negotiation of its own.
 */
export function bridge(a: BridgeEnd, b: BridgeEnd, user: BridgeUser, offers?: BridgeOffers): void {
  a.session.use(new Side(a, b, user, offers));
  b.session.use(new Side(b, a, user, offers));
}

/** What happens at one end of a call that is up. A class, as closures would be kept for each call that is up (docs/adr/0136). */
class Side implements SessionUser {
  readonly #near: BridgeEnd;
  readonly #far: BridgeEnd;
  readonly #user: BridgeUser;
  readonly #offers: BridgeOffers | undefined;

  constructor(near: BridgeEnd, far: BridgeEnd, user: BridgeUser, offers: BridgeOffers | undefined) {
    this.#near = near;
    this.#far = far;
    this.#user = user;
    this.#offers = offers;
  }

  onBye(): void {
    this.#user.onGone(this.#near);
  }

  onLost(reason: Why): void {
    this.#user.onLost(this.#near, reason);
  }

  onOffer(offer: PeerOffer): void {
    if (this.#offers === undefined) return carryOffer(offer, this.#near, this.#far, this.#user);
    const direction = mediaDirection(offer.body);
    if (direction !== undefined) this.#user.onMedia(this.#near, direction);
    this.#offers.answer(this.#near, offer);
  }

  onOfferCancelled(): void {
    // Where the sound passes through us the answer is on its way already.
    if (this.#offers === undefined) this.#far.session.cancelOffer();
  }

  onInfo(transaction: ServerTransaction): void {
    carryInfo(transaction, this.#far);
  }
}

function carryOffer(offer: PeerOffer, near: BridgeEnd, far: BridgeEnd, user: BridgeUser): void {
  const direction = mediaDirection(offer.body);
  far.session.offer(
    far.origin.rewrite(offer.body),
    {
      onAnswer: (answer, acknowledge) => {
        // With an offer of the near side's own, nothing more is to come for the far one: its ACK goes out now.
        if (offer.body.length > 0) acknowledge();
        if (direction !== undefined) user.onMedia(near, direction);
        offer.accept(near.origin.rewrite(answer), (reply) => {
          if (offer.body.length === 0) acknowledge(far.origin.rewrite(reply));
        });
      },
      onRejected: (status) => offer.reject(acrossTheBridge(status)),
    },
    offer.method,
  );
}

function carryInfo(transaction: ServerTransaction, far: BridgeEnd): void {
  const { request } = transaction;
  const type = request.headers.get("content-type");
  if (type === undefined) return transaction.respond(buildResponse(request, 200));
  far.session.info(type, request.body, (status) =>
    transaction.respond(buildResponse(request, status < 300 ? 200 : acrossTheBridge(status))),
  );
}

/** Refusals that mean the same on the other leg; others (challenges, timers, the leg's own end) are only ours. */
const MEANT_FOR_BOTH: ReadonlySet<number> = new Set([
  400, 403, 415, 469, 486, 487, 488, 491, 500, 503, 603, 606,
]);

/** What a party is told when the other refused what it asked for. */
function acrossTheBridge(status: number): number {
  return MEANT_FOR_BOTH.has(status) ? status : 488;
}

/** Whether an offer puts the other side on hold or takes it off (RFC 3264 §8.4). */
function mediaDirection(body: Buffer): MediaChange | undefined {
  if (body.length === 0) return undefined;
  const text = body.toString("latin1");
  if (/^a=(?:sendonly|inactive)/m.test(text) || /^c=IN IP4 0\.0\.0\.0/m.test(text)) return "note.hold";
  return "note.mediaChanged";
}
