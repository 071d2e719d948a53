import type { Table } from "../fsm/table.ts";

/** The life of one call, seen from the caller's side. */
export type CallState = "routing" | "connected" | "ended";

export type CallEvent =
  /** A rung leg answered. */
  | "calleeAnswered"
  /** The walk's last command: hang up. */
  | "planEnded"
  /** CANCEL, or BYE once connected. */
  | "callerGone"
  | "calleeGone"
  /** A leg died without a word, or the installation is stopping. */
  | "broken";

export type CallAction =
  | "connectCaller"
  | "refuseCaller"
  | "stopRinging"
  | "hangUpCaller"
  | "hangUpCallee"
  | "record";

export const callTable: Table<CallState, CallEvent, CallAction> = {
  routing: {
    calleeAnswered: { to: "connected", do: ["connectCaller"] },
    planEnded: { to: "ended", do: ["refuseCaller", "record"] },
    callerGone: { to: "ended", do: ["stopRinging", "record"] },
    calleeGone: "ignore",
    broken: { to: "ended", do: ["stopRinging", "refuseCaller", "record"] },
  },
  connected: {
    calleeAnswered: "ignore",
    planEnded: "ignore",
    callerGone: { to: "ended", do: ["hangUpCallee", "record"] },
    calleeGone: { to: "ended", do: ["hangUpCaller", "record"] },
    broken: { to: "ended", do: ["hangUpCaller", "hangUpCallee", "record"] },
  },
  ended: {
    calleeAnswered: "ignore",
    planEnded: "ignore",
    callerGone: "ignore",
    calleeGone: "ignore",
    broken: "ignore",
  },
};
