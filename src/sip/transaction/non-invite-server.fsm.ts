import type { Table } from "../../fsm/table.ts";

export type NonInviteServerState = "Trying" | "Proceeding" | "Completed" | "Terminated";

export type NonInviteServerEvent =
  | "request"
  | "send1xx"
  | "send200-699"
  /** The user gives up with a 408, which must not be sent (RFC 4320 §4.2). */
  | "send408"
  /** The time after which the client's Timer E has grown to T2 (RFC 4320 §4.1). */
  | "tryingTimer"
  /** 64*T1 after the request: the client's Timer F has fired, nobody waits for an answer any more. */
  | "expiryTimer"
  | "timerJ"
  | "transportError";

/** Informing the user is always the last action of a cell (see invite-client.fsm.ts). */
export type NonInviteServerAction =
  | "sendResponse"
  | "repeatResponse"
  | "sendTrying"
  | "startExpiry"
  | "startJ"
  | "informExpired"
  | "informTransportError";

/**
 * RFC 3261 §17.2.2, figure 8, with RFC 4320: a 100 goes out by itself when the request has waited until the
 * client's Timer E is T2, and a request that nobody answers in 64*T1 ends without a response (never a 408).
 */
export const nonInviteServerTable: Table<NonInviteServerState, NonInviteServerEvent, NonInviteServerAction> =
  {
    Trying: {
      request: "ignore",
      send1xx: { to: "Proceeding", do: ["sendResponse"] },
      "send200-699": { to: "Completed", do: ["sendResponse", "startJ"] },
      send408: { to: "Completed", do: ["startJ"] },
      tryingTimer: { to: "Proceeding", do: ["sendTrying", "startExpiry"] },
      expiryTimer: { to: "Terminated", do: ["informExpired"] },
      timerJ: "ignore",
      transportError: { to: "Terminated", do: ["informTransportError"] },
    },
    Proceeding: {
      request: { to: "Proceeding", do: ["repeatResponse"] },
      send1xx: { to: "Proceeding", do: ["sendResponse"] },
      "send200-699": { to: "Completed", do: ["sendResponse", "startJ"] },
      send408: { to: "Completed", do: ["startJ"] },
      // The user has sent its own 100 (over a reliable transport it may do so at any time).
      tryingTimer: { to: "Proceeding", do: ["startExpiry"] },
      expiryTimer: { to: "Terminated", do: ["informExpired"] },
      timerJ: "ignore",
      transportError: { to: "Terminated", do: ["informTransportError"] },
    },
    Completed: {
      request: { to: "Completed", do: ["repeatResponse"] },
      send1xx: "ignore",
      "send200-699": "ignore",
      send408: "ignore",
      tryingTimer: "ignore",
      expiryTimer: "ignore",
      timerJ: { to: "Terminated", do: [] },
      // DEVIATION(RFC 3261 figure 8): not Terminated: a copy of the request must not pass for a new one, which is
      // why RFC 6026 §8.8 keeps an INVITE's transaction too.
      transportError: { to: "Completed", do: ["informTransportError"] },
    },
    Terminated: {
      request: "ignore",
      send1xx: "ignore",
      "send200-699": "ignore",
      send408: "ignore",
      tryingTimer: "ignore",
      expiryTimer: "ignore",
      timerJ: "ignore",
      transportError: "ignore",
    },
  };
