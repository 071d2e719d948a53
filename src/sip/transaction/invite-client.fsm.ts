import type { Table } from "../../fsm/table.ts";

export type InviteClientState = "Calling" | "Proceeding" | "Completed" | "Accepted" | "Terminated";

export type InviteClientEvent =
  | "1xx"
  | "2xx"
  | "300-699"
  | "timerA"
  | "timerB"
  | "timerD"
  | "timerM"
  /** 64*T1 after our CANCEL (RFC 3261 §9.1); no letter of its own in the RFC. */
  | "cancelTimer"
  | "transportError"
  /** A stream that was connected broke: the peer may have what was sent. */
  | "streamLost";

/**
 * Informing the user is always the last action of a cell, so that a user who calls back into the transaction
 * finds it settled.
 */
export type InviteClientAction =
  | "sendInvite"
  | "startA"
  | "sendPendingCancel"
  | "cancelOnceHeard"
  | "buildAck"
  | "sendAck"
  | "startD"
  | "startM"
  | "informResponse"
  | "informOver"
  | "informStray"
  | "informTimeout"
  | "informStreamLost"
  | "informTransportError";

/** RFC 3261 §17.1.1, figure 5, with the Accepted state of RFC 6026 §7.2. */
export const inviteClientTable: Table<InviteClientState, InviteClientEvent, InviteClientAction> = {
  Calling: {
    "1xx": { to: "Proceeding", do: ["sendPendingCancel", "informResponse"] },
    "2xx": { to: "Accepted", do: ["startM", "informResponse"] },
    "300-699": { to: "Completed", do: ["buildAck", "sendAck", "startD", "informResponse"] },
    timerA: { to: "Calling", do: ["sendInvite", "startA"] },
    timerB: { to: "Terminated", do: ["informTimeout"] },
    timerD: "ignore",
    timerM: "ignore",
    cancelTimer: "ignore",
    transportError: { to: "Terminated", do: ["informTransportError"] },
    // DEVIATION(RFC 3261 figure 5): it lives on to Timer B, for a phone that got the INVITE and rings: whoever speaks of it on another
    // connection (§18.2.2) hears CANCEL.
    streamLost: { to: "Calling", do: ["cancelOnceHeard", "informTransportError"] },
  },
  Proceeding: {
    "1xx": { to: "Proceeding", do: ["informResponse"] },
    "2xx": { to: "Accepted", do: ["startM", "informResponse"] },
    "300-699": { to: "Completed", do: ["buildAck", "sendAck", "startD", "informResponse"] },
    timerA: "ignore",
    timerB: "ignore",
    timerD: "ignore",
    timerM: "ignore",
    // RFC 3261 §9.1: no final response 64*T1 after the CANCEL: consider the INVITE cancelled, destroy it.
    cancelTimer: { to: "Terminated", do: ["informTimeout"] },
    // RFC 3261 §17.1.4, figure 5: only in Calling does it end anything. The peer has the INVITE, and its answer takes a
    // new connection where this one broke (§18.2.2).
    transportError: { to: "Proceeding", do: ["informStreamLost"] },
    streamLost: "ignore",
  },
  Completed: {
    "1xx": "ignore",
    // RFC 3261 §13.2.2.4, §16.7: a proxy passes every 2xx on, even after a 6xx: the user must ACK and BYE it.
    "2xx": { to: "Completed", do: ["informStray"] },
    "300-699": { to: "Completed", do: ["sendAck"] },
    timerA: "ignore",
    timerB: "ignore",
    timerD: { to: "Terminated", do: [] },
    timerM: "ignore",
    cancelTimer: "ignore",
    // DEVIATION(RFC 3261 figure 5): the user is not told that an ACK failed; it has its final response.
    transportError: { to: "Terminated", do: [] },
    streamLost: "ignore",
  },
  Accepted: {
    "1xx": "ignore",
    "2xx": { to: "Accepted", do: ["informResponse"] },
    "300-699": "ignore",
    timerA: "ignore",
    timerB: "ignore",
    timerD: "ignore",
    timerM: { to: "Terminated", do: ["informOver"] },
    cancelTimer: "ignore",
    transportError: "ignore",
    streamLost: "ignore",
  },
  Terminated: {
    "1xx": "ignore",
    "2xx": "ignore",
    "300-699": "ignore",
    timerA: "ignore",
    timerB: "ignore",
    timerD: "ignore",
    timerM: "ignore",
    cancelTimer: "ignore",
    transportError: "ignore",
    streamLost: "ignore",
  },
};
