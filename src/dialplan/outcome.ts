import type { Said, Why } from "../lib/said.ts";
import type { RingTarget } from "./command.ts";
import type { TraceArgs } from "./trace.ts";

/** How ringing ended, by the progression table of the dial plan. */
export type RingResult =
  | "answered"
  /** Ring time elapsed. */
  | "timeout"
  /** 486 or 600. */
  | "busy"
  /** 603 or another refusal by a person. */
  | "rejected"
  /** Not registered, or do-not-disturb (480). */
  | "unavailable"
  /** No trunk, no route, 404, 408, 5xx. */
  | "failed";

/** How long the parts of a request took, in ms; what there was none of (a kept connection, an address for a name) is left out. */
export interface RequestTimings {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the request on its way to the header of the reply. */
  readonly firstByteMs?: number;
  /** From there to the end of the body. */
  readonly bodyMs?: number;
}

/** What came back from a webhook, after the reply table of webhook.md has been applied. */
export interface WebhookResult {
  readonly verdict: "ack" | "nak" | "error";
  /** As the receiver sent it, after form decoding and repair of a raw plus; not yet checked as a number. */
  readonly destination: string | undefined;
  /** Already clean: no control characters, at most 64 characters. */
  readonly callerName: string | undefined;
  /** Why the verdict is `error`: a code of webhook/README.md or http/README.md. */
  readonly failure: string | undefined;
  /** What the sentence is made of, nothing secret in it; with `ack`, what was returned. */
  readonly args: TraceArgs;
  /** A sentence for a person: why it failed, or what was understood. */
  readonly reason: string;
  /** What was repaired or looks wrong, each with the corrected line. */
  readonly warnings: readonly string[];
  /** The same as code and arguments, in their order; left out where there are none. */
  readonly notes?: readonly Said[];
  /** HTTP status, where a reply came. */
  readonly status: number | undefined;
  /** The URL as requested, codes and secrets masked. */
  readonly url: string;
  readonly elapsedMs: number;
  readonly timings?: RequestTimings;
  /** The beginning of the body, codes masked, for the story. */
  readonly excerpt: string;
}

/** A phone sends the call elsewhere (302); what rings besides goes on ringing. */
export interface Forward {
  /** The phone's extension. */
  readonly by: string;
  /** How many forwards led to that phone. */
  readonly redirections: number;
  /** Whom it names, as somebody would dial them, in its order; bounded by the shell. */
  readonly to: readonly string[];
  /** Those who still ring: extensions, and outside numbers. */
  readonly ringing: readonly string[];
}

/** What the shell hands back after performing a command. */
export type Outcome =
  | {
      readonly type: "rang";
      readonly result: RingResult;
      readonly status: number;
      readonly detail: Why;
      /** Who answered. */
      readonly by?: RingTarget;
    }
  /** Told while a ring command is performed, and answered with `follow`. */
  | { readonly type: "forwarded"; readonly forward: Forward }
  | { readonly type: "replied"; readonly result: WebhookResult }
  | { readonly type: "played" }
  /** `digits` is empty where nothing was typed in time; `ended` is then `timeout`. */
  | { readonly type: "collected"; readonly digits: string; readonly ended: CollectEnd }
  /** The caller could not be answered, or nothing could be played: a sentence. Outcome of `play` and `collect`. */
  | { readonly type: "mediaFailed"; readonly reason: Why }
  | { readonly type: "callerHungUp" };

/** What completed a code. `timeout`: the time in all was up, with or without digits. */
export type CollectEnd = "hash" | "silence" | "length" | "timeout";
