import type { FastifyInstance } from "fastify";
import { err, ok } from "../../lib/result.ts";
import { HEARTBEAT, RESET } from "../contract/event-stream.ts";
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
    // Nobody would take what comes, nor end it.
    if (request.method === "HEAD") return ok(nothing());
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

/** More pieces than this are copied into one. */
const MOST_WRITES = 2;

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
    const pieces = joined(some.map(octetsOf));
    yield* pieces.length > MOST_WRITES ? [Buffer.concat(pieces)] : pieces;
  }
}

async function* nothing(): AsyncIterable<Uint8Array> {}

const HEARTBEAT_OCTETS = Buffer.from(HEARTBEAT);
const RESET_OCTETS = Buffer.from(RESET);

function octetsOf(event: FollowedEvent): Uint8Array {
  if (event === "heartbeat") return HEARTBEAT_OCTETS;
  return event === "reset" ? RESET_OCTETS : event.octets;
}

/** Octets that lie one behind the other in one piece: for whoever follows all there is, and takes it in time, nothing is copied. */
function joined(some: readonly Uint8Array[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const octets of some) {
    const last = pieces.at(-1);
    if (last?.buffer === octets.buffer && last.byteOffset + last.length === octets.byteOffset)
      pieces[pieces.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + octets.length);
    else pieces.push(octets);
  }
  return pieces;
}
