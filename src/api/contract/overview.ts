import { z } from "zod";
import type { Said, SaidArgs } from "../../lib/said.ts";
import type { CallResult } from "../../model/call-record.ts";
import { route, typed } from "./route.ts";

const figures = z.strictObject({
  requests: z.int(),
  /** No reply, or none that can be used; NAK is none. */
  failures: z.int(),
  p50Ms: z.number().optional(),
  p95Ms: z.number().optional(),
});

const health = {
  /** `failing`: a quarter of the last 20 failed. `slow`: of the day's, 5 % took over a second. */
  state: z.enum(["idle", "healthy", "slow", "failing"]),
  day: figures,
  /** Since midnight where the company is. */
  today: figures,
  /** Of the last 20. */
  lately: z.strictObject({ requests: z.int(), failures: z.int() }),
} as const;

const healthAnswer = z.strictObject(health);
const webhook = z.strictObject({ id: z.string().min(1).max(64) });

const request = z.strictObject({
  webhook: z.string(),
  at: z.int(),
  /** Id of the call. */
  call: z.string(),
  nth: z.int(),
  verdict: z.string(),
  failure: z.string().optional(),
  status: z.int().optional(),
  elapsedMs: z.number(),
  reason: z.string(),
  args: typed<SaidArgs>("What the reason is made of; absent of older ones.").optional(),
});

const overview = z.strictObject({
  /** Absent: the calls' side does not answer. */
  callsNow: z.int().optional(),
  today: z.strictObject({
    since: z.int(),
    all: z.int(),
    byResult: typed<Readonly<Partial<Record<CallResult, number>>>>("Calls by how they ended."),
    perHour: z.array(z.int()).readonly(),
  }),
  phones: z.strictObject({ registered: z.int(), all: z.int() }),
  trunks: z.strictObject({ up: z.int(), all: z.int() }),
  numbers: z.strictObject({ withPlan: z.int(), all: z.int() }),
  webhooks: z.array(z.strictObject({ id: z.string(), key: z.string(), ...health })).readonly(),
  needsYou: z
    .array(
      z.strictObject({
        code: z.enum(["webhookFailing", "numberWithoutPlan", "trunkDown", "callsSideSilent", "weakPassword"]),
        args: typed<Readonly<Record<string, string | number>>>("What the sentence is made of."),
        text: z.string(),
        /** Of a trunk: what is in its way, where that is no answer of a peer. */
        answer: typed<Said>("`code`, `args` and `text`.").optional(),
      }),
    )
    .readonly(),
});

const webhookStatus = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** The template, secrets masked. */
  url: z.string(),
  ...health,
  /** Absent: no call has asked it, or all of that is purged. */
  last: request.optional(),
  /** Of the last 20, the newest without a verdict. */
  lastFailure: request.optional(),
});

/** How a webhook does, and what it was asked last. */
export type WebhookStatus = z.output<typeof webhookStatus>;

export const overviewRoutes = {
  home: route({
    id: "home.get",
    method: "GET",
    path: "/home",
    summary: "Say at a glance how calls, phones, trunks and webhooks do, and what needs somebody",
    role: "viewer",
    answer: overview,
    problems: [],
  }),
  status: route({
    id: "webhooks.status",
    method: "GET",
    path: "/webhooks/status",
    summary: "List every webhook: how it does, its last request and its last failure",
    role: "viewer",
    answer: z.strictObject({ webhooks: z.array(webhookStatus).readonly() }),
    problems: [],
  }),
  health: route({
    id: "webhooks.health",
    method: "GET",
    path: "/webhooks/:id/health",
    summary: "Say how a webhook did in the last 24 hours and today",
    role: "viewer",
    params: webhook,
    answer: healthAnswer,
    problems: ["noSuchWebhook"],
  }),
  requests: route({
    id: "webhooks.requests",
    method: "GET",
    path: "/webhooks/:id/requests",
    summary: "List what calls asked a webhook, newest first, each with its call",
    role: "viewer",
    params: webhook,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(500).default(50),
      /** `next` of the page before. */
      cursor: z
        .string()
        .regex(/^\d{1,15}\.\d{1,6}\.[0-9A-Za-z-]{1,128}$/, "A cursor is the `next` of a page.")
        .optional(),
    }),
    answer: z.strictObject({ items: z.array(request).readonly(), next: z.string().nullable() }),
    problems: ["noSuchWebhook"],
  }),
} as const;
