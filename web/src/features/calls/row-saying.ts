import type { Said } from "../../../../src/lib/said.ts";
import type { StoryEvent } from "../../../../src/model/call-record.ts";

/** Sentences of the page's own: `words` has each in every language (sayings.ts). */
export type RowKey =
  | "cameIn"
  | "planTakes"
  | "ownCall"
  | "asksForCode"
  | "typed"
  | "typedHash"
  | "pressed"
  | "wrongCode"
  | `${"ack" | "rightCode"}.${"plain" | "name" | "to" | "both"}`
  | "successBranch"
  | "failedBranch"
  | "ring"
  | "calls"
  | "shows"
  | "showsNothing"
  | "ringing"
  | "earlyMedia"
  | "refused"
  | "cancelled"
  | "redirected"
  | "failed"
  | "unreachable"
  | "answers"
  | "answeredToAsk"
  | "sound"
  | "soundKeys"
  | "asked"
  | "plays"
  | "played.end"
  | "played.key"
  | "played.hangup"
  | "played.replaced"
  | "played.failed"
  | "callerHungUp"
  | "calledHungUp"
  | `${"told" | "says" | "isSaid"}.${"caller" | "called"}`;

/** Milliseconds are written as the language has them; a detail of a leg is its status and what is known of it. */
export type RowValues = Readonly<
  Record<
    string,
    | string
    | number
    | { readonly ms: number }
    | { readonly detail: Extract<StoryEvent, { readonly type: "legEvent" }> }
    | { readonly phone: string }
  >
>;

/** A sentence of ours by its key, one that the record itself says of an event, or one of its sentences. */
export type RowSaying =
  | { readonly key: RowKey; readonly values: RowValues }
  | { readonly event: StoryEvent }
  | { readonly said: Said };
