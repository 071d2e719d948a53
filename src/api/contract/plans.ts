import { z } from "zod";
import type { StepChange } from "../../dialplan/difference.ts";
import type { TakenStep } from "../../dialplan/taken-steps.ts";
import { readZonedTime } from "../../lib/zoned-time.ts";
import type { StoryEvent } from "../../model/call-record.ts";
import { simulatedCall } from "../../simulate/given.ts";
import type { AskedWebhook } from "../../simulate/reply.ts";
import type { Verdict } from "../../simulate/simulate.ts";
import { route, typed } from "./route.ts";

// Dial plans as drafts and versions, and what would come of a call. The plans themselves are entities (/plans, /plans/:id).

const params = z.strictObject({ id: z.string().min(1).max(64) });
const time = z.number().describe("Milliseconds since the epoch.");
const note = z.string().max(500).default("");

const planProblem = z.strictObject({
  pointer: z.string().describe("RFC 6901, into the document."),
  step: z.string().describe("`2.1.1`; empty for the plan as a whole."),
  code: z.string().describe("docs/reference/plan-problems.md."),
  message: z.string(),
  suggestion: z
    .strictObject({ replace: z.enum(["value", "key"]), with: z.string() })
    .optional()
    .describe("What was probably meant, at the pointer."),
});
/** Something that is wrong with a plan, with its place. */
export type ShownPlanProblem = z.output<typeof planProblem>;

const changes = z.array(typed<StepChange>("A step that was added, removed, moved or changed."));

const draft = z.strictObject({
  document: z.unknown(),
  basedOn: z.int().describe("The published revision that it was made from."),
  published: z.int().describe("The revision that calls take now."),
  revision: z.int().describe("Of the draft; 0: there is none, and `document` is what calls take."),
  changedBy: z.string(),
  changedAt: time,
  problems: z.array(planProblem).describe("What is in the way of publishing it."),
  changes: changes.describe("What is different from what calls take."),
});
export type ShownDraft = z.output<typeof draft>;

const published = z.strictObject({
  version: z.int(),
  live: z.boolean().describe("New calls take it. False: it is saved, and takes effect with the next change."),
  warnings: z.array(z.string()),
});
export type PublishedPlan = z.output<typeof published>;

const summary = {
  version: z.int(),
  publishedBy: z.string(),
  publishedAt: time,
  note: z.string(),
};
const version = z.strictObject({ ...summary, document: z.unknown() });
export type ShownPlanVersion = z.output<typeof version>;

/** What a simulation walks: what calls take, the draft, or a version that was published. */
const walked = z.union([z.enum(["published", "draft"]), z.int().min(1)]).default("published");

const wantedSimulation = simulatedCall.extend({
  at: z
    .union([
      z.number().int().min(0),
      z
        .string()
        .refine((text) => readZonedTime(text, "UTC") !== undefined, "A date and a time: 2026-12-25T10:00"),
    ])
    .optional()
    .describe(
      "Milliseconds since the epoch, or a text such as 2026-12-25T10:00, in the time zone of the company where it names none; now, when left out.",
    ),
  ask: z
    .array(z.string().max(100))
    .max(20)
    .default([])
    .describe("These webhooks are really asked, marked as a test."),
});
export type WantedSimulation = z.output<typeof wantedSimulation>;

const simulated = z.strictObject({
  story: z.array(typed<StoryEvent>("An event as a record has it.")),
  path: z.array(typed<TakenStep>("A step that was taken.")),
  verdict: typed<Verdict | undefined>("How the call would end.").optional(),
  wanted: typed<AskedWebhook | undefined>("A webhook that would have to be asked.").optional(),
  problems: z.array(planProblem).describe("Of a draft: what is in the way of publishing it."),
});
export type ShownSimulation = z.output<typeof simulated>;

const traffic = z.strictObject({
  since: time,
  version: z
    .int()
    .describe("The version whose steps these are; steps of earlier ones are counted where they stand now."),
  calls: z.int(),
  steps: z.array(z.strictObject({ step: z.string(), came: z.int(), answered: z.int() })),
});
export type PlanTraffic = z.output<typeof traffic>;

const replayed = z.strictObject({
  calls: z.int().describe("How many were walked again."),
  elsewhere: z.array(
    z.strictObject({
      id: z.string(),
      startedAt: time,
      caller: z.string(),
      called: z.string(),
      before: z.array(z.string()).describe("The steps that it took."),
      after: z.array(z.string()).describe("The steps that it would take."),
    }),
  ),
});
export type ReplayedCalls = z.output<typeof replayed>;

export const planRoutes = {
  draft: route({
    id: "plans.draft",
    method: "GET",
    path: "/plans/:id/draft",
    summary: "Give the draft of a dial plan, or what calls take where there is none",
    role: "viewer",
    params,
    answer: draft,
    problems: ["noSuchPlan"],
    etag: true,
  }),
  saveDraft: route({
    id: "plans.saveDraft",
    method: "PUT",
    path: "/plans/:id/draft",
    summary: 'Save the draft of a dial plan, however unfinished it is; the first with If-Match: "0"',
    role: "editor",
    params,
    query: z.strictObject({
      basedOn: z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .describe("It takes in what was published as this since."),
    }),
    body: z.looseObject({ steps: z.unknown() }),
    bodyLimit: 2 * 1024 * 1024,
    answer: draft,
    problems: ["noSuchPlan", "stale", "notSaved", "diskFull"],
    etag: true,
  }),
  dropDraft: route({
    id: "plans.dropDraft",
    method: "DELETE",
    path: "/plans/:id/draft",
    summary: "Throw the draft of a dial plan away",
    role: "editor",
    params,
    answer: "nothing",
    problems: ["noSuchPlan", "stale", "notSaved", "diskFull"],
    etag: true,
  }),
  publish: route({
    id: "plans.publish",
    method: "POST",
    path: "/plans/:id/publish",
    summary: "Make the draft of a dial plan what new calls take, as a new version",
    role: "editor",
    params,
    body: z.strictObject({
      note,
      revision: z.int().min(1).optional().describe("Of the draft, as it was seen."),
      overwrite: z
        .boolean()
        .default(false)
        .describe("Although something else was published since it was made."),
    }),
    answer: published,
    problems: [
      "noSuchPlan",
      "nothingToPublish",
      "planProblems",
      "stale",
      "keptInFile",
      "notSaved",
      "diskFull",
    ],
  }),
  versions: route({
    id: "plans.versions",
    method: "GET",
    path: "/plans/:id/versions",
    summary: "List the versions of a dial plan, the newest first",
    role: "viewer",
    params,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      before: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .describe("Only versions before this one: the next page."),
    }),
    answer: z.strictObject({ items: z.array(z.strictObject(summary)), next: z.int().nullable() }),
    problems: ["noSuchPlan"],
  }),
  version: route({
    id: "plans.version",
    method: "GET",
    path: "/plans/:id/versions/:version",
    summary: "Give one version of a dial plan; it never changes",
    role: "viewer",
    params: params.extend({ version: z.coerce.number().int().min(1) }),
    answer: version,
    problems: ["noSuchPlan", "noSuchVersion"],
  }),
  difference: route({
    id: "plans.difference",
    method: "GET",
    path: "/plans/:id/difference",
    summary: "Say what is different between two versions of a dial plan, or a version and the draft",
    role: "viewer",
    params,
    query: z.strictObject({
      from: z.union([z.literal("draft"), z.coerce.number().int().min(1)]),
      to: z.union([z.literal("draft"), z.coerce.number().int().min(1)]),
    }),
    answer: z.strictObject({ changes }),
    problems: ["noSuchPlan", "noSuchVersion"],
  }),
  rollback: route({
    id: "plans.rollback",
    method: "POST",
    path: "/plans/:id/rollback",
    summary: "Publish an earlier version of a dial plan again, as a new one",
    role: "editor",
    params,
    body: z.strictObject({ version: z.int().min(1), note }),
    answer: published,
    problems: ["noSuchPlan", "noSuchVersion", "planProblems", "stale", "keptInFile", "notSaved", "diskFull"],
  }),
  simulate: route({
    id: "plans.simulate",
    method: "POST",
    path: "/plans/:id/simulate",
    summary: "Say what would come of a call that this dial plan takes",
    role: "viewer",
    params,
    body: wantedSimulation.omit({ plan: true }).extend({ on: walked }),
    answer: simulated,
    problems: ["noSuchPlan", "noSuchVersion", "planProblems", "notAllowed"],
  }),
  simulateCall: route({
    id: "simulate",
    method: "POST",
    path: "/simulate",
    summary: "Say what would come of a call to a number",
    role: "viewer",
    body: wantedSimulation,
    answer: simulated,
    problems: ["noSuchPlan", "notAllowed"],
  }),
  traffic: route({
    id: "plans.traffic",
    method: "GET",
    path: "/plans/:id/traffic",
    summary:
      "Say how many calls of the last 7 days came to each step of a dial plan, and were answered there",
    role: "viewer",
    params,
    answer: traffic,
    problems: ["noSuchPlan"],
  }),
  replay: route({
    id: "plans.replay",
    method: "POST",
    path: "/plans/:id/replay",
    summary: "Walk the last calls of a dial plan through its draft, and say which would go elsewhere",
    role: "viewer",
    params,
    body: z.strictObject({ calls: z.int().min(1).max(500).default(500) }),
    answer: replayed,
    problems: ["noSuchPlan", "planProblems"],
  }),
} as const;
