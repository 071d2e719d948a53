import type { RequestTimings } from "../dialplan/outcome.ts";
import type { TraceArgs, TraceEntry } from "../dialplan/trace.ts";
import type { Said } from "../lib/said.ts";

/** How a call ended, as event webhooks and the call list name it. */
export const CALL_RESULTS = [
  "completed",
  "noAnswer",
  /** The plan served it by itself (a message was heard, a gate opened): nobody was to be rung. */
  "handled",
  "busy",
  "rejected",
  "cancelled",
  "failed",
  /** Never entered a plan: unknown number, unknown peer, bad password, no plan. */
  "refused",
  /** Still up: what is known so far. The same id comes again when the call is over. */
  "ongoing",
] as const;

export type CallResult = (typeof CALL_RESULTS)[number];

/** What a record is about: a call of a trunk or a phone; a call, or a login, of somebody whom nobody vouches for. */
export type CallKind = "call" | "stranger" | "registration";

/** When something was, and its place among all that happened in its call. */
export interface Moment {
  /** Milliseconds since the call began. */
  readonly atMs: number;
  /**
   * From 1, in one order over messages and story; a gap is what was left out. Records made before there were numbers have
   * none (timeline.ts puts those in order).
   */
  readonly seq?: number;
}

/** One SIP message of a leg. `text` is the whole message, secrets masked. */
export interface SipTrace extends Moment {
  /** "A" is the caller's leg; "B1", "B2" … the legs we made, in order. */
  readonly leg: string;
  readonly direction: "in" | "out";
  readonly peer: string;
  readonly text: string;
  /** The octets of the text, where they are at hand already: a store copies them and never asks for the text. */
  readonly octets?: Uint8Array;
}

/** What a party hears from us: an audio message by its name, or a tone of the country. */
export type HeardSound =
  | { readonly kind: "message"; readonly name: string; readonly durationMs: number }
  | { readonly kind: "ringback" | "busy" | "hold" };

/**
 * Why a sound ended: it was over; a key; the call's end; something else took its place (somebody answered, or nobody did,
 * or another sound); it could not be played.
 */
export type HeardUntil = "end" | "key" | "hangup" | "replaced" | "failed";

/** How a webhook was asked, where that is not by GET; records made before it was told have none either. */
export type AskingMethod = "POST";

/** What happened in a call besides SIP messages, without its time. */
export type Happening =
  /** The call as it came in: source is `udp:127.0.0.1:5090`, origin a trunk, a phone, or a stranger. */
  | {
      readonly type: "received";
      readonly source: string;
      readonly origin: string;
      readonly from: string;
      readonly to: string;
    }
  /** Number normalisation: received / understood as / matched. */
  | {
      readonly type: "number";
      readonly received: string;
      readonly understood: string;
      readonly matched: string | undefined;
    }
  /** A plan was entered; version 0: one that was made for this call alone (`OWN_PLAN`). */
  | {
      readonly type: "plan";
      readonly plan: string;
      /** Stays when the plan is renamed; a plan made for one call has none. */
      readonly planId?: string | undefined;
      readonly version: number;
    }
  /** The walk's own account of what it decided and why. */
  | { readonly type: "step"; readonly entry: TraceEntry }
  /** A webhook was asked. */
  | {
      readonly type: "asked";
      readonly webhook: string;
      readonly url: string;
      readonly method?: AskingMethod;
    }
  /** A webhook's reply, or why there is none. */
  | {
      readonly type: "replied";
      readonly webhook: string;
      readonly url: string;
      readonly method?: AskingMethod;
      readonly verdict: string;
      /** Why the verdict is `error`: a code of webhook/README.md or http/README.md; records made before there were codes have none. */
      readonly failure?: string;
      /** With it: what the reason is made of. */
      readonly args?: TraceArgs;
      readonly status: number | undefined;
      readonly elapsedMs: number;
      readonly timings?: RequestTimings;
      /** The caller had hung up, so that no step tells what was understood. */
      readonly callerGone?: true;
      readonly reason: string;
      readonly warnings: readonly string[];
      /** The warnings as code and arguments (docs/reference/replies.md), where there are any; older records have none. */
      readonly notes?: readonly Said[];
      readonly excerpt: string;
    }
  /** A leg was made towards a target, with what it is shown. */
  | {
      readonly type: "leg";
      readonly leg: string;
      readonly target: string;
      readonly shownName: string;
      readonly shownNumber: string;
    }
  /** Something happened on a leg: ringing, refused, cancelled, redirected. */
  | {
      readonly type: "legEvent";
      readonly leg: string;
      readonly what:
        | "ringing"
        | "earlyMedia"
        | "refused"
        | "cancelled"
        | "redirected"
        | "failed"
        | "unreachable";
      readonly status: number | undefined;
      /** What the peer said, or what we know besides. */
      readonly detail: string;
      /** What we know besides as code and arguments (story-words.ts); of what the peer said there is none. */
      readonly code?: string;
      readonly args?: TraceArgs;
    }
  | {
      readonly type: "answered";
      readonly leg: string;
      readonly target: string;
      /** Which way the sound takes; records made before there was a choice say nothing. */
      readonly sound?: "direct" | "throughUs";
    }
  /** From now on the party hears this from us, until `soundEnds`. */
  | { readonly type: "soundBegins"; readonly leg: string; readonly sound: HeardSound }
  | { readonly type: "soundEnds"; readonly leg: string; readonly by: HeardUntil }
  /** A key of the telephone: which one is nobody's business. */
  | { readonly type: "key"; readonly leg: string; readonly way: "event" | "tone" | "info" }
  /** What went through us of a party's sound: packets, by sequence numbers (RFC 3550 §6.4.1), and jitter (§A.8). */
  | {
      readonly type: "media";
      readonly leg: string;
      readonly codec: string;
      readonly received: number;
      readonly sent: number;
      readonly lost: number;
      readonly jitterMs: number;
      /** Packets of others, which were ignored. */
      readonly foreign: number;
    }
  /**
   * From here on so many entries were left out, because the call had too many; or there was no room for them, since nothing
   * could be written.
   */
  | { readonly type: "leftOut"; readonly entries: number; readonly why?: "noRoom" }
  /** Hold, resume and other changes during the call. */
  | {
      readonly type: "note";
      readonly leg: string | undefined;
      /** Which sentence it is (story-words.ts); records made before there were codes have the text alone. */
      readonly code?: string;
      readonly args?: TraceArgs;
      readonly text: string;
    }
  | {
      readonly type: "ended";
      readonly by: "caller" | "callee" | "switchhook";
      readonly status: number | undefined;
      readonly reason: string;
      /** The reason as code and arguments (end-words.ts); records made before there were codes have none. */
      readonly code?: string;
      readonly args?: TraceArgs;
    };

/** What happened in a call besides SIP messages, in order. `story.ts` makes the sentences. */
export type StoryEvent = Moment & Happening;

/** Who called whom, as far as it is understood when a record is opened. */
export interface CallHead
  extends Pick<
    CallRecord,
    "id" | "kind" | "startedAt" | "caller" | "callerName" | "called" | "origin" | "plan"
  > {}

/** How a call ended. */
export interface CallEnd extends Pick<CallRecord, "result" | "reason" | "said" | "missed" | "answeredBy"> {
  /** Milliseconds since it began; undefined: when the last thing happened. */
  readonly endedAtMs: number | undefined;
}

/** The reason of a record as code and arguments (end-words.ts). */
export interface SaidReason {
  readonly code: string;
  readonly args: TraceArgs;
}

/** A finished call (or a refused one) with its whole trace. */
export interface CallRecord {
  readonly id: string;
  readonly kind: CallKind;
  /** How often it was tried: more than 1 only where strangers are counted, whose row comes again with a larger count. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly answeredAt: number | undefined;
  readonly endedAt: number;
  /** As understood: `+E.164`, an extension, or empty for anonymous. */
  readonly caller: string;
  readonly callerName: string;
  readonly called: string;
  readonly origin: string;
  readonly plan: string | undefined;
  readonly result: CallResult;
  /** A sentence: why the call went where it went, or why not, and what would fix it. */
  readonly reason: string;
  /** The same as code and arguments; records made before reasons had codes have none. */
  readonly said?: SaidReason | undefined;
  /** Nobody in the whole call answered. */
  readonly missed: boolean;
  readonly answeredBy: string | undefined;
  readonly story: readonly StoryEvent[];
  readonly sip: readonly SipTrace[];
}
