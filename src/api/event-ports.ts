import type { Result } from "../lib/result.ts";
import type { Topic } from "./contract/events.ts";

/** An event as it is sent, a sign of life, or that something is missing. */
export type FollowedEvent = { readonly octets: Uint8Array } | "heartbeat" | "reset";

/** Follows topics, where `lastEventId` is there from behind that event; what has come meanwhile is given together. */
export type FollowEvents = (
  topics: ReadonlySet<Topic>,
  lastEventId: string | undefined,
) => Result<AsyncIterable<readonly FollowedEvent[]>, "full">;
