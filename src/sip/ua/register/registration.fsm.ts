import type { Table } from "../../../fsm/table.ts";

/** The life of our registration at a provider (RFC 3261 §10.2). */
export type RegistrationState =
  | "stopped"
  /** A REGISTER is on its way and no earlier one holds. */
  | "registering"
  | "registered"
  /** A REGISTER is on its way while the earlier one still holds. */
  | "refreshing"
  /** The last try failed; the next follows after a pause. */
  | "waiting"
  | "unregistering";

export type RegistrationEvent =
  | "start"
  | "stop"
  /** The same while nothing holds at the provider, as far as we know. */
  | "stopUnheld"
  /** The provider took the REGISTER that is on its way. */
  | "accepted"
  /** No address of the provider took it. */
  | "failed"
  /** The stream that the provider accepted is gone: no call comes in any more. */
  | "flowLost"
  /** The refresh is due, the pause is over, or unregistering takes too long. */
  | "timer";

export type RegistrationAction =
  | "register"
  | "unregister"
  | "abandon"
  | "startRefreshTimer"
  | "startRetryTimer"
  | "startReconnectTimer"
  | "startFarewellTimer"
  | "cancelTimer"
  | "tellRegistered"
  | "tellFailed"
  | "tellStopped";

export const registrationTable: Table<RegistrationState, RegistrationEvent, RegistrationAction> = {
  stopped: {
    start: { to: "registering", do: ["register"] },
    stop: "ignore",
    stopUnheld: "ignore",
    accepted: "ignore",
    failed: "ignore",
    flowLost: "ignore",
    timer: "ignore",
  },
  registering: {
    start: "ignore",
    // The provider may have taken the REGISTER whose answer we no longer wait for.
    stop: { to: "unregistering", do: ["abandon", "unregister", "startFarewellTimer"] },
    stopUnheld: { to: "unregistering", do: ["abandon", "unregister", "startFarewellTimer"] },
    accepted: { to: "registered", do: ["startRefreshTimer", "tellRegistered"] },
    failed: { to: "waiting", do: ["startRetryTimer", "tellFailed"] },
    flowLost: "ignore",
    timer: "ignore",
  },
  registered: {
    start: "ignore",
    stop: { to: "unregistering", do: ["cancelTimer", "unregister", "startFarewellTimer"] },
    stopUnheld: { to: "unregistering", do: ["cancelTimer", "unregister", "startFarewellTimer"] },
    accepted: "ignore",
    failed: "ignore",
    flowLost: { to: "registered", do: ["cancelTimer", "startReconnectTimer"] },
    timer: { to: "refreshing", do: ["register"] },
  },
  refreshing: {
    start: "ignore",
    stop: { to: "unregistering", do: ["abandon", "unregister", "startFarewellTimer"] },
    stopUnheld: { to: "unregistering", do: ["abandon", "unregister", "startFarewellTimer"] },
    accepted: { to: "registered", do: ["startRefreshTimer", "tellRegistered"] },
    failed: { to: "waiting", do: ["startRetryTimer", "tellFailed"] },
    flowLost: "ignore",
    timer: "ignore",
  },
  waiting: {
    start: "ignore",
    stop: { to: "unregistering", do: ["cancelTimer", "unregister", "startFarewellTimer"] },
    stopUnheld: { to: "stopped", do: ["cancelTimer", "tellStopped"] },
    accepted: "ignore",
    failed: "ignore",
    flowLost: "ignore",
    timer: { to: "registering", do: ["register"] },
  },
  unregistering: {
    start: "ignore",
    stop: "ignore",
    stopUnheld: "ignore",
    accepted: { to: "stopped", do: ["cancelTimer", "tellStopped"] },
    failed: { to: "stopped", do: ["cancelTimer", "tellStopped"] },
    flowLost: "ignore",
    timer: { to: "stopped", do: ["abandon", "tellStopped"] },
  },
};
