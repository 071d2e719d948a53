import type { Table } from "../../fsm/table.ts";

export type NonInviteClientState = "Trying" | "Proceeding" | "Completed" | "Terminated";

export type NonInviteClientEvent = "1xx" | "200-699" | "timerE" | "timerF" | "timerK" | "transportError";

/** Informing the user is always the last action of a cell (see invite-client.fsm.ts). */
export type NonInviteClientAction =
  | "sendRequest"
  /** min(2 * E, T2). */
  | "startE"
  /** T2 (RFC 3261 §17.1.2.2: once a provisional response has come). */
  | "startEAtT2"
  | "startK"
  | "informResponse"
  | "informTimeout"
  | "informTransportError";

/** RFC 3261 §17.1.2, figure 6. */
export const nonInviteClientTable: Table<NonInviteClientState, NonInviteClientEvent, NonInviteClientAction> =
  {
    Trying: {
      "1xx": { to: "Proceeding", do: ["informResponse"] },
      "200-699": { to: "Completed", do: ["startK", "informResponse"] },
      timerE: { to: "Trying", do: ["sendRequest", "startE"] },
      timerF: { to: "Terminated", do: ["informTimeout"] },
      timerK: "ignore",
      transportError: { to: "Terminated", do: ["informTransportError"] },
    },
    Proceeding: {
      "1xx": { to: "Proceeding", do: ["informResponse"] },
      "200-699": { to: "Completed", do: ["startK", "informResponse"] },
      timerE: { to: "Proceeding", do: ["sendRequest", "startEAtT2"] },
      timerF: { to: "Terminated", do: ["informTimeout"] },
      timerK: "ignore",
      transportError: { to: "Terminated", do: ["informTransportError"] },
    },
    Completed: {
      "1xx": "ignore",
      "200-699": "ignore",
      timerE: "ignore",
      timerF: "ignore",
      timerK: { to: "Terminated", do: [] },
      // Nothing more is sent, so nothing is lost; K only absorbs what still comes.
      transportError: "ignore",
    },
    Terminated: {
      "1xx": "ignore",
      "200-699": "ignore",
      timerE: "ignore",
      timerF: "ignore",
      timerK: "ignore",
      transportError: "ignore",
    },
  };
