import type { Table } from "../../fsm/table.ts";

export type InviteServerState = "Proceeding" | "Completed" | "Confirmed" | "Accepted" | "Terminated";

export type InviteServerEvent =
  | "INVITE"
  | "ACK"
  | "send1xx"
  | "send2xx"
  | "send300-699"
  | "timerG"
  | "timerH"
  | "timerI"
  | "timerL"
  | "transportError";

/** Informing the user is always the last action of a cell (see invite-client.fsm.ts). */
export type InviteServerAction =
  | "sendResponse"
  | "repeatResponse"
  /** G = T1; H runs beside it in the same timer slot. */
  | "startGH"
  /** min(2 * G, T2). */
  | "startG"
  | "startI"
  | "startL"
  | "informAck"
  | "informNoAck"
  | "informTransportError";

/**
 * RFC 3261 §17.2.1, figure 7, with the Accepted state of RFC 6026 §7.1. A transport error leaves the state as it
 * is (RFC 6026 §8.8, replacing §17.2.4): a retransmitted INVITE must not pass for a new one.
 */
export const inviteServerTable: Table<InviteServerState, InviteServerEvent, InviteServerAction> = {
  Proceeding: {
    INVITE: { to: "Proceeding", do: ["repeatResponse"] },
    ACK: "ignore",
    send1xx: { to: "Proceeding", do: ["sendResponse"] },
    send2xx: { to: "Accepted", do: ["sendResponse", "startL"] },
    "send300-699": { to: "Completed", do: ["sendResponse", "startGH"] },
    timerG: "ignore",
    timerH: "ignore",
    timerI: "ignore",
    timerL: "ignore",
    transportError: { to: "Proceeding", do: ["informTransportError"] },
  },
  Completed: {
    INVITE: { to: "Completed", do: ["repeatResponse"] },
    ACK: { to: "Confirmed", do: ["startI"] },
    send1xx: "ignore",
    send2xx: "ignore",
    "send300-699": "ignore",
    timerG: { to: "Completed", do: ["repeatResponse", "startG"] },
    timerH: { to: "Terminated", do: ["informNoAck"] },
    timerI: "ignore",
    timerL: "ignore",
    transportError: { to: "Completed", do: ["informTransportError"] },
  },
  Confirmed: {
    INVITE: "ignore",
    ACK: "ignore",
    send1xx: "ignore",
    send2xx: "ignore",
    "send300-699": "ignore",
    timerG: "ignore",
    timerH: "ignore",
    timerI: { to: "Terminated", do: [] },
    timerL: "ignore",
    transportError: "ignore",
  },
  Accepted: {
    INVITE: "ignore",
    ACK: { to: "Accepted", do: ["informAck"] },
    send1xx: "ignore",
    send2xx: { to: "Accepted", do: ["sendResponse"] },
    "send300-699": "ignore",
    timerG: "ignore",
    timerH: "ignore",
    timerI: "ignore",
    timerL: { to: "Terminated", do: [] },
    // The user repeats the 2xx itself and learns of silence from the missing ACK (RFC 3261 §13.3.1.4).
    transportError: { to: "Accepted", do: ["informTransportError"] },
  },
  Terminated: {
    INVITE: "ignore",
    ACK: "ignore",
    send1xx: "ignore",
    // The user repeats a 2xx for up to 64*T1, which may outlast Timer L by the time on the way.
    send2xx: "ignore",
    "send300-699": "ignore",
    timerG: "ignore",
    timerH: "ignore",
    timerI: "ignore",
    timerL: "ignore",
    transportError: "ignore",
  },
};
