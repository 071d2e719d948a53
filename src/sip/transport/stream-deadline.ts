import type { Said } from "../../lib/said.ts";
import { sipSaid } from "../words.ts";
import type { TransportLimits } from "./limits.ts";

/** What a stream has been doing; times of the monotonic clock. */
export interface StreamTimes {
  readonly connecting: boolean;
  readonly outbound: boolean;
  readonly activeAt: number;
  /** When the message began that is not there whole. */
  readonly partialSince: number | undefined;
  readonly pingedAt: number;
  /** Our last keep-alive is not answered, by a peer that answers them. */
  readonly owesPong: boolean;
  /** Leads to a trunk, or to somebody who has registered. */
  readonly isKnown: () => boolean;
}

/** What is due next on a stream, and when. */
export type Deadline =
  | { readonly at: number; readonly due: "ping" }
  | {
      readonly at: number;
      /** `connect` and `keepAlive`: nobody is there, so that the stream is closed at once; else it is ended. */
      readonly due: "connect" | "message" | "keepAlive" | "idle";
      readonly reason: Said;
    };

const NOT_CONNECTED = sipSaid("flow.notConnected", {});
const MESSAGE_TOO_SLOW = sipSaid("flow.messageTooSlow", {});
const DEAF = sipSaid("flow.deaf", {});
const IDLE = sipSaid("flow.idle", {});

/** The one deadline of a stream that comes first. */
export function deadlineOf(times: StreamTimes, limits: TransportLimits): Deadline {
  const { connecting, outbound, activeAt, partialSince, pingedAt } = times;
  if (connecting) return { at: activeAt + limits.connectMs, due: "connect", reason: NOT_CONNECTED };
  if (partialSince !== undefined)
    return { at: partialSince + limits.messageCompleteMs, due: "message", reason: MESSAGE_TOO_SLOW };
  if (outbound && times.owesPong) return { at: pingedAt + limits.pongMs, due: "keepAlive", reason: DEAF };
  // Many phones over TCP are silent between two registrations; closing would make them unreachable.
  const idleAt = activeAt + (times.isKnown() ? limits.idleKnownMs : limits.idleMs);
  const pingAt = Math.max(activeAt, pingedAt) + limits.keepAliveMs;
  if (outbound && pingAt < idleAt) return { at: pingAt, due: "ping" };
  return { at: idleAt, due: "idle", reason: IDLE };
}

/** What counts the deadlines that end a stream. */
export const TIMED_OUT = {
  connect: 'sip_connections_timed_out{phase="connect"}',
  message: 'sip_connections_timed_out{phase="message"}',
  keepAlive: 'sip_connections_timed_out{phase="keepAlive"}',
  idle: 'sip_connections_timed_out{phase="idle"}',
} as const;
