import type { Table } from "../fsm/table.ts";

/** The life of one call, seen from the caller's side. */
export type CallState =
  /** The plan decides, the caller waits. */
  | "routing"
  /** The plan decides, and we have answered: the caller hears what is played. */
  | "answered"
  | "connected"
  | "ended";

export type CallEvent =
  /** We have answered, to play something. */
  | "callerAnswered"
  /** A rung leg answered. */
  | "calleeAnswered"
  /** The walk's last command: hang up. */
  | "planEnded"
  /** CANCEL, or BYE once answered. */
  | "callerGone"
  | "calleeGone"
  /** A leg died without a word, its sound did, or the installation is stopping. */
  | "broken";

export type CallAction =
  /** 200 OK with what the callee answered. */
  | "connectCaller"
  /** The caller has had its 200 OK: only the sound is joined. */
  | "joinCallee"
  | "refuseCaller"
  | "stopRinging"
  | "hangUpCaller"
  /** Also one that has answered just now and is not connected yet. */
  | "hangUpCallee"
  | "record";

export const callTable: Table<CallState, CallEvent, CallAction> = {
  routing: {
    callerAnswered: { to: "answered", do: [] },
    calleeAnswered: { to: "connected", do: ["connectCaller"] },
    planEnded: { to: "ended", do: ["refuseCaller", "record"] },
    callerGone: { to: "ended", do: ["stopRinging", "hangUpCallee", "record"] },
    calleeGone: "ignore",
    broken: { to: "ended", do: ["stopRinging", "hangUpCallee", "refuseCaller", "record"] },
  },
  answered: {
    callerAnswered: "ignore",
    calleeAnswered: { to: "connected", do: ["joinCallee"] },
    planEnded: { to: "ended", do: ["hangUpCaller", "record"] },
    callerGone: { to: "ended", do: ["stopRinging", "hangUpCallee", "record"] },
    calleeGone: "ignore",
    broken: { to: "ended", do: ["stopRinging", "hangUpCaller", "hangUpCallee", "record"] },
  },
  connected: {
    callerAnswered: "ignore",
    calleeAnswered: "ignore",
    planEnded: "ignore",
    callerGone: { to: "ended", do: ["hangUpCallee", "record"] },
    calleeGone: { to: "ended", do: ["hangUpCaller", "record"] },
    broken: { to: "ended", do: ["hangUpCaller", "hangUpCallee", "record"] },
  },
  ended: {
    callerAnswered: "ignore",
    calleeAnswered: "ignore",
    planEnded: "ignore",
    callerGone: "ignore",
    calleeGone: "ignore",
    broken: "ignore",
  },
};
