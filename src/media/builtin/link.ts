import type { Result } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { EndName, EndParts, EndStatistics, MediaFault, Sound } from "../engine.ts";

// What the signalling thread and the media thread say to each other. Plain data only: every message is copied by the
// structured clone of postMessage, and the boundary could as well be a process. Order is kept both ways.

/** What the media thread is started with. */
export interface MediaStart {
  /** First and last port, both included; RTP takes the even ones, RTCP the odd ones above them. */
  readonly ports: { readonly min: number; readonly max: number };
  /** Sockets are bound to this address where its family is that of the call; else to all addresses. */
  readonly bindAddress: string | undefined;
  /** Named in SDP instead of `EndParts.localAddress`, where the family is the same. */
  readonly externalAddresses: readonly string[];
  /** No packet from a party for this long is a silence, ms; the second while it is on hold, or holds. */
  readonly silentMs: number;
  readonly silentOnHoldMs: number;
  /** A closed port is not given out again for this long, ms (reliability C4). */
  readonly portRestMs: number;
}

/** A call by a number of the signalling side; numbers are never used twice. */
export type CallNumber = number;

export type ToMedia =
  | { readonly type: "open"; readonly call: CallNumber; readonly country: string }
  | {
      readonly type: "remoteOffer";
      readonly call: CallNumber;
      readonly request: number;
      readonly end: EndName;
      readonly sdp: Uint8Array;
      readonly parts: EndParts;
    }
  | {
      readonly type: "localAnswer";
      readonly call: CallNumber;
      readonly request: number;
      readonly end: EndName;
      readonly towards: EndName | undefined;
    }
  | {
      readonly type: "localOffer";
      readonly call: CallNumber;
      readonly request: number;
      readonly end: EndName;
      readonly parts: EndParts;
      readonly towards: EndName | undefined;
    }
  | {
      readonly type: "remoteAnswer";
      readonly call: CallNumber;
      readonly request: number;
      readonly end: EndName;
      readonly sdp: Uint8Array;
    }
  | { readonly type: "bridge"; readonly call: CallNumber; readonly one: EndName; readonly other: EndName }
  | { readonly type: "unbridge"; readonly call: CallNumber }
  | {
      readonly type: "play";
      readonly call: CallNumber;
      /** Named in `played`. */
      readonly play: number;
      readonly end: EndName;
      readonly sound: Sound;
    }
  | { readonly type: "stop"; readonly call: CallNumber; readonly end: EndName }
  | { readonly type: "listen"; readonly call: CallNumber; readonly end: EndName; readonly on: boolean }
  | { readonly type: "release"; readonly call: CallNumber; readonly end: EndName }
  | { readonly type: "close"; readonly call: CallNumber; readonly request: number }
  /** Close everything, end the thread. */
  | { readonly type: "shutDown" }
  /** Throw where nobody catches it, as a bug would; for tests of what happens then (reliability E8). */
  | { readonly type: "crash" };

export type FromMedia =
  | {
      readonly type: "reply";
      readonly call: CallNumber;
      readonly request: number;
      /** The description that was asked for, or nothing where none was. */
      readonly result: Result<Uint8Array | undefined, MediaFault>;
    }
  | {
      readonly type: "closed";
      readonly call: CallNumber;
      readonly request: number;
      readonly statistics: readonly EndStatistics[];
    }
  | {
      readonly type: "held";
      readonly call: CallNumber;
      readonly end: EndName;
    }
  | {
      readonly type: "digit";
      readonly call: CallNumber;
      readonly end: EndName;
      readonly digit: string;
      readonly way: "event" | "tone";
    }
  | { readonly type: "silent"; readonly call: CallNumber; readonly end: EndName; readonly seconds: number }
  | {
      readonly type: "played";
      readonly call: CallNumber;
      readonly play: number;
      readonly result: Result<undefined, Said>;
    }
  /** Once a second while something has changed. */
  | { readonly type: "metrics"; readonly values: Readonly<Record<string, number>> };
