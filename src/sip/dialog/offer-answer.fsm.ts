import type { Table } from "../../fsm/table.ts";

/** Whether an offer is waiting for its answer in a dialog, and whose it is (RFC 3264 §4, RFC 3261 §14). */
export type OfferAnswerState = "stable" | "localOffer" | "remoteOffer";

export type OfferAnswerEvent = "sendOffer" | "receiveOffer" | "settled";

export type OfferAnswerAction =
  | "send"
  | "deliver"
  /** 491 Request Pending: both sides offered at once (§14.1). */
  | "refuseGlare"
  /** 500 with Retry-After: the peer's earlier INVITE is still being answered (§14.2). */
  | "refuseOverlap"
  /** Ours has to wait; the one who asked is told. */
  | "reportBusy";

export const offerAnswer: Table<OfferAnswerState, OfferAnswerEvent, OfferAnswerAction> = {
  stable: {
    sendOffer: { to: "localOffer", do: ["send"] },
    receiveOffer: { to: "remoteOffer", do: ["deliver"] },
    settled: "ignore",
  },
  localOffer: {
    sendOffer: { to: "localOffer", do: ["reportBusy"] },
    receiveOffer: { to: "localOffer", do: ["refuseGlare"] },
    settled: { to: "stable", do: [] },
  },
  remoteOffer: {
    sendOffer: { to: "remoteOffer", do: ["reportBusy"] },
    receiveOffer: { to: "remoteOffer", do: ["refuseOverlap"] },
    settled: { to: "stable", do: [] },
  },
};
