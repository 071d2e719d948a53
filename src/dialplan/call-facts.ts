/** Who calls, as understood by number.ts; never as received. */
export type Caller =
  /** `+E.164`. */
  | { readonly kind: "external"; readonly number: string }
  | { readonly kind: "internal"; readonly extension: string }
  | { readonly kind: "anonymous" };

/** What is known of a call when it enters a plan; fixed for its whole life. */
export interface CallFacts {
  /** Stable id of the call, also told to webhooks. */
  readonly callId: string;
  /** The called number, `+E.164`. */
  readonly did: string;
  readonly caller: Caller;
  /** The caller's own name; empty where none came. */
  readonly callerName: string;
}
