import type { DisplayName } from "../lib/display-name.ts";
import type { E164 } from "./number.ts";

/** Who calls, as understood by number.ts; never as received. */
export type Caller =
  | { readonly kind: "external"; readonly number: E164 }
  | { readonly kind: "internal"; readonly extension: string }
  /** From outside, with something that is no number of any country: a short number, a word. */
  | { readonly kind: "other"; readonly id: DisplayName }
  /** Hides, or nobody knows who it is. */
  | { readonly kind: "anonymous" };

/** Who was called: a number, or what was dialled (an extension, a number for help, a word) as it may be shown. */
export type Called = E164 | DisplayName;

/** `+E.164`, an extension, what else is known, or empty: how records and webhooks write a caller. */
export function callerText(caller: Caller): string {
  switch (caller.kind) {
    case "external":
      return caller.number;
    case "internal":
      return caller.extension;
    case "other":
      return caller.id;
    case "anonymous":
      return "";
  }
}

/** What is known of a call when it enters a plan; fixed for its whole life. */
export interface CallFacts {
  /** Stable id of the call, also told to webhooks. */
  readonly callId: string;
  readonly did: Called;
  readonly caller: Caller;
  /** The caller's own name; empty where none came. */
  readonly callerName: DisplayName;
}
