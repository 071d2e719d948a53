import { next } from "../../../fsm/table.ts";
import { textHash } from "../../../lib/text-hash.ts";
import {
  type OfferAnswerAction,
  type OfferAnswerEvent,
  type OfferAnswerState,
  offerAnswer,
} from "../../dialog/offer-answer.fsm.ts";

/** Where the offer/answer of a session stands (RFC 3264 §4), and what each side has described in it. */
export class OfferAnswer {
  #state: OfferAnswerState = "stable";
  /** As text, one char code an octet: a buffer would keep its whole datagram. */
  #local: string;
  /** Only to be compared, so a hash of it: the text would be an eighth of what a call keeps that is up (docs/adr/0136). */
  #remote: number;

  constructor(local: Buffer, remote: Buffer) {
    this.#local = local.toString("latin1");
    this.#remote = hashOf(remote);
  }

  /** What we last described; empty where nothing was. */
  get local(): Buffer {
    return Buffer.from(this.#local, "latin1");
  }

  /** What we describe from now on; an empty body leaves it as it was. */
  describeLocal(sdp: Buffer): void {
    if (sdp.length > 0) this.#local = sdp.toString("latin1");
  }

  /** The same of the peer. */
  describeRemote(sdp: Buffer): void {
    if (sdp.length > 0) this.#remote = hashOf(sdp);
  }

  /** Whether the peer offers what it described before, so that `local` is the answer (RFC 4028 §7.4). */
  isRefresh(offer: Buffer): boolean {
    return offer.length > 0 && this.#local.length > 0 && hashOf(offer) === this.#remote;
  }

  /** Asks the offer/answer table; the state moves and the one action is returned. */
  move(event: OfferAnswerEvent): OfferAnswerAction | undefined {
    const cell = next(offerAnswer, this.#state, event);
    if (cell === "ignore") return undefined;
    this.#state = cell.to;
    return cell.do[0];
  }
}

/** Who finds another description with the same hash has only his own call answered with the old one. */
function hashOf(sdp: Buffer): number {
  return textHash(sdp.toString("latin1"));
}
