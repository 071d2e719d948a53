import type { Result } from "../lib/result.ts";
import type { Said } from "../lib/said.ts";

/**
 * What a call may know of sound: one port, several drivers (`builtin/`, `rtpengine/`). Descriptions travel as octets
 * of SDP; nothing here knows SIP. One contract suite (test/contract/media-engine.suite.ts) runs against every driver.
 */
export interface MediaEngine {
  /** In a word, for stories: `built-in`, `rtpengine`. */
  readonly name: string;
  /** Opens the sound of one call. Nothing is reserved before an end is described. Never throws. */
  open(parts: MediaCallParts, user: MediaUser): MediaCall;
  /** Values for `/metrics`: ports in use, packets, restarts of the thread. */
  metrics(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface MediaCallParts {
  readonly callId: string;
  /** ISO 3166 code of the installation: its ringback and other tones are played. */
  readonly country: string;
}

/** One party's end of the sound: `A` is the caller, `B1`, `B2` … are the legs. */
export type EndName = string;

/** What the engine has to know about the way to one party. */
export interface EndParts {
  /** Our address as this party reaches it, an IP literal; a configured external address goes before it. */
  readonly localAddress: string;
  /** Where this party's signalling comes from: besides the address in its SDP the only one that its sound may come from. */
  readonly signallingAddress: string;
}

/** A key: `0`–`9`, `*`, `#`, `A`–`D`. */
export type Digit = string;

/** Speaks upward to the call. Nothing comes after `close`. */
export interface MediaUser {
  /**
   * A key was pressed: told once per press and way, when it is first noticed. `event`: RFC 4733; `tone`: in-band, only
   * while the end is listened to. A phone that sends both is heard twice: putting that right is the call's work.
   */
  onDigit(end: EndName, digit: Digit, way: "event" | "tone"): void;
  /**
   * A key that was told of is still down, or has just been let go: several times a second. A driver that hears of a key only
   * when it is let go tells nothing.
   */
  onHeld?(end: EndName): void;
  /** No sound has come from this end for this long (reliability C5). Told once per silence. */
  onSilent(end: EndName, seconds: number): void;
  /** The engine has lost this call (its thread or its server died). Everything else is over. */
  onLost(reason: Said): void;
}

/** Why a description cannot be used: the SIP status that says so, and the reason. */
export interface MediaFault {
  /** 488: nothing in it that we can hear or say; 400: not SDP; 503: no port, no engine. */
  readonly status: 400 | 488 | 500 | 503;
  readonly reason: Said;
  /**
   * With 488, what a Warning header says (RFC 3261 §20.43): 301 no common family of addresses, 304 no sound at all, 305 no
   * common codec or profile.
   */
  readonly warning?: 301 | 304 | 305;
}

/** What can be heard besides the other party. */
export type Sound =
  /** A message: raw samples in files `path` + `.alaw`, `.ulaw`, `.g722`, `.wav`. Once. */
  | { readonly kind: "message"; readonly name: string; readonly path: string; readonly durationMs: number }
  /** Tones of the country, without end. */
  | { readonly kind: "ringback" | "busy" | "hold" };

/** How many packets an end sent and got. */
export interface EndStatistics {
  readonly end: EndName;
  /** `PCMA/8000`; empty before it is agreed. */
  readonly codec: string;
  readonly received: number;
  readonly sent: number;
  /** By sequence numbers (RFC 3550 §6.4.1). */
  readonly lost: number;
  /** Interarrival jitter in ms (RFC 3550 §A.8). */
  readonly jitterMs: number;
  /** From an address that is not the party's. */
  readonly foreign: number;
}

/**
 * The sound of one call. All of it is performed in the order in which it is asked for. Every promise resolves, never
 * rejects, and after `close` with a fault.
 *
 * Who is played or listened to has been answered by us. The built-in driver sends such a party silence whenever it is
 * bridged to nobody, wants to hear, and nothing plays, so that its stream has no gaps until the bridge (docs/adr/0031).
 */
export interface MediaCall {
  /** The party offered (INVITE, re-INVITE, UPDATE; RFC 3264). Reserves what its end needs. */
  remoteOffer(end: EndName, sdp: Uint8Array, parts: EndParts): Promise<Result<undefined, MediaFault>>;
  /**
   * Our answer to the party's last offer: every m-line is there, what we cannot do with port 0. `towards`: the end that it
   * is connected to or is about to be, whose codec is taken where both have it.
   */
  localAnswer(end: EndName, towards?: EndName): Promise<Result<Uint8Array, MediaFault>>;
  /** An offer of ours: codecs of `towards` first, then what else we can convert to. */
  localOffer(end: EndName, parts: EndParts, towards?: EndName): Promise<Result<Uint8Array, MediaFault>>;
  /** The party's answer to it; a later one for the same offer (183, then 200) replaces the earlier. */
  remoteAnswer(end: EndName, sdp: Uint8Array): Promise<Result<undefined, MediaFault>>;
  /** From now on the two hear each other, converted where their codecs differ; what plays at either stops. */
  bridge(one: EndName, other: EndName): void;
  /** The bridge is taken apart, as by the release of either end; neither hears anybody. What plays goes on. */
  unbridge(): void;
  /**
   * Plays at an end, in place of what it hears. `onDone` is called once: `finished`, or why it could not be played; not
   * after it was stopped or replaced.
   */
  play(end: EndName, sound: Sound, onDone?: (result: Result<undefined, Said>) => void): void;
  stop(end: EndName): void;
  /** Whether in-band tones of this end are looked for. Events (RFC 4733) always are. An end that is ours, see above. */
  listen(end: EndName, on: boolean): void;
  /** An end is over (a losing fork, a refused leg): its port rests. */
  release(end: EndName): void;
  /** Ends all; resolves with what went through, or with nothing where the engine is gone. */
  close(): Promise<readonly EndStatistics[]>;
}
