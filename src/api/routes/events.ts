import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { eventRoutes, TOPICS, type Topic } from "../contract/events.ts";
import { refused } from "../contract/problems.ts";
import { mayAs } from "../contract/role.ts";
import type { FollowEvents, FollowedEvent } from "../event-ports.ts";
import type { Authenticate } from "../ports.ts";
import { serve } from "../serve.ts";

const MAX_ID = 64;

/** What happens, as server-sent events (WHATWG HTML §9.2), as long as who asked for them is who he was. */
export function serveEvents(server: FastifyInstance, follow: FollowEvents, authenticate: Authenticate): void {
  serve(server, eventRoutes.follow, async ({ query, actor, http: { request, reply } }) => {
    const wanted = (query.topics ?? Object.keys(TOPICS)) as readonly Topic[];
    const topics = new Set(wanted.filter((topic) => mayAs(actor.role, TOPICS[topic])));
    const header = request.headers["last-event-id"];
    const last = typeof header === "string" ? header.slice(0, MAX_ID) : query.after;
    const followed = follow(topics, last);
    if (!followed.ok) return err(TOO_MANY);
    // A proxy that collects answers would hold events back.
    reply.header("x-accel-buffering", "no");
    return ok(written(followed.value, () => authenticate(request.raw, false)?.role === actor.role));
  });
}

const TOO_MANY = {
  ...refused("tooManyFollowers", "So many follow events already that no more are taken; try again later."),
  retryAfterSeconds: 30,
};

/**
 * What came together is written together, for a write costs more than an event. `isSame`: still signed in, in the same role.
 * Whoever is not comes back, and hears what he may then, or nothing.
 */
async function* written(
  events: AsyncIterable<readonly FollowedEvent[]>,
  isSame: () => boolean,
): AsyncIterable<Uint8Array> {
  for await (const some of events) {
    if (!isSame()) return;
    let text = "";
    for (const event of some) text += textOf(event);
    yield Buffer.from(text, "utf8");
  }
}

function textOf(event: FollowedEvent): string {
  if (event === "heartbeat") return "event: alive\ndata: {}\n\n";
  if (event === "reset") return "event: reset\ndata: {}\n\n";
  // JSON has no line ends of its own.
  return `id: ${event.id}\nevent: ${event.topic}\ndata: ${event.json}\n\n`;
}
