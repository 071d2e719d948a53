import { z } from "zod";
import type { Role } from "./role.ts";
import { route } from "./route.ts";

/** What may be followed, and the least role that may. */
export const TOPICS = {
  "call.started": "viewer",
  "call.updated": "viewer",
  "call.ended": "viewer",
  "phone.registered": "viewer",
  "phone.lost": "viewer",
  "phone.refused": "viewer",
  "trunk.changed": "viewer",
  "webhook.health": "viewer",
  "config.changed": "viewer",
  "draft.changed": "editor",
  "alert.raised": "operator",
  "alert.cleared": "operator",
  "job.progress": "editor",
  "practice.asked": "editor",
} as const satisfies Readonly<Record<string, Role>>;

export type Topic = keyof typeof TOPICS;

const isTopic = (text: string): text is Topic => Object.hasOwn(TOPICS, text);

const topics = z
  .string()
  .max(500)
  .transform((text) => text.split(","))
  .pipe(z.array(z.string().refine(isTopic, `The topics are ${Object.keys(TOPICS).join(", ")}.`)));

export const eventRoutes = {
  follow: route({
    id: "events.follow",
    method: "GET",
    path: "/events",
    summary:
      "Follow what happens, as server-sent events; Last-Event-ID goes on where a connection broke off, and `reset` says that something is missing: read anew",
    role: "viewer",
    query: z.strictObject({
      /** With commas between them; all when left out. Those that are not for the role are left out. */
      topics: topics.optional(),
      /** As Last-Event-ID, which a browser sends by itself only on a connection that it made before. */
      after: z.string().max(64).optional(),
    }),
    answer: { raw: "octets", contentType: "text/event-stream" },
    problems: ["tooManyFollowers"],
  }),
} as const;
