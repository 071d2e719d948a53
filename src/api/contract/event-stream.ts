import type { Topic } from "./events.ts";

// Server-sent events (WHATWG HTML §9.2).

/** What stands before what is to be known of an event; that is JSON, which has no line ends of its own. */
export function eventHead(id: string, topic: Topic): string {
  return `id: ${id}\nevent: ${topic}\ndata: `;
}

/** What stands behind it. */
export const EVENT_END = "\n\n";

/** Without an id: whoever comes back goes on behind the last one that has one. */
export const HEARTBEAT = "event: alive\ndata: {}\n\n";
export const RESET = "event: reset\ndata: {}\n\n";
