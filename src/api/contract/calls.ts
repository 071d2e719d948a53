import { z } from "zod";
import type { CallRecord } from "../../model/call-record.ts";
import type { CallSummary, StoredBinding } from "../../model/repositories.ts";
import { route, typed } from "./route.ts";

/** Query of `GET /api/v1/calls`; lists are newest first. */
const callListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** The id of the last call of a page: gives the ones before it. */
  before: z.string().max(128).optional(),
  result: z
    .enum(["completed", "noAnswer", "busy", "rejected", "cancelled", "failed", "refused", "ongoing"])
    .optional(),
  /** Kinds with commas between them: `stranger,registration` lists what strangers tried. */
  kind: z
    .string()
    .default("call")
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(["call", "stranger", "registration"])).max(3)),
  /** Caller or called number, exactly. */
  party: z.string().max(64).optional(),
});

/** Path of `GET /api/v1/calls/:id`: an id, or the beginning of one. */
const callParameters = z.strictObject({ id: z.string().min(1).max(128) });

export const callRoutes = {
  list: route({
    id: "calls.list",
    method: "GET",
    path: "/calls",
    summary: "List calls, newest first; `refused` says how often strangers were refused in 24 hours",
    role: "viewer",
    query: callListQuery,
    answer: z.strictObject({
      calls: z.array(typed<CallSummary>("A call without its story and SIP messages.")),
      refused: z.strictObject({ calls: z.int(), registrations: z.int() }),
    }),
    problems: [],
  }),
  get: route({
    id: "calls.get",
    method: "GET",
    path: "/calls/:id",
    summary: "Give one call with its story and SIP messages; the beginning of an id will do",
    role: "viewer",
    params: callParameters,
    answer: typed<CallRecord>("The whole record of a call."),
    problems: ["noSuchCall"],
  }),
  registrations: route({
    id: "registrations.list",
    method: "GET",
    path: "/registrations",
    summary: "List the contacts of registered phones",
    role: "viewer",
    answer: z.strictObject({ registrations: z.array(typed<StoredBinding>("A registered contact.")) }),
    problems: [],
  }),
} as const;
