import type { Said } from "../../../lib/said.ts";
import type { SipRequest } from "../../message/message.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import type { PeerOffer } from "./peer-offer.ts";

/** Speaks upward to the call that owns the session. */
export interface SessionUser {
  /** The peer hung up; 200 has been sent and the session is closed. */
  onBye(bye: SipRequest): void;
  onOffer(offer: PeerOffer): void;
  /** The peer wants what it offered last no more: it is refused with 487, or answered where that is too late. */
  onOfferCancelled?(): void;
  /** The user answers it. */
  onInfo(transaction: ServerTransaction): void;
  /** The dialog is dead and no BYE came: and why. The session is closed. */
  onLost(reason: Said): void;
}
