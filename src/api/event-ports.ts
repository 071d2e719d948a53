import type { Result } from "../lib/result.ts";
import type { Topic } from "./contract/events.ts";

/** An event, a sign of life, or that something is missing. */
export type FollowedEvent =
  | { readonly id: string; readonly topic: Topic; readonly data: unknown }
  | "heartbeat"
  | "reset";

/** Follows topics, where `lastEventId` is there from behind that event. */
export type FollowEvents = (
  topics: ReadonlySet<Topic>,
  lastEventId: string | undefined,
) => Result<AsyncIterable<FollowedEvent>, "full">;
