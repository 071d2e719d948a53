import { z } from "zod";
import type { Destination, RefusalCode } from "../../dialplan/destination.ts";
import type { TraceArgs } from "../../dialplan/trace.ts";
import { route, typed } from "./route.ts";

const value = z.string().max(256).optional();

/** A webhook as it stands in a form, and what it is asked with. */
const wanted = {
  /** As `POST /webhooks` takes it; it needs no name yet. */
  document: z.unknown(),
  /** Of the stored one: secrets that the document has as `***` are its. */
  id: z.string().max(64).optional(),
  /** Sample values stand for those that are left out. */
  values: z
    .strictObject({ did: value, callerid: value, callername: value, code: value, callid: value })
    .optional(),
  /** As in this call; what it typed is not kept. */
  call: z.string().max(128).optional(),
} as const;

const said = z.strictObject({
  code: z.string(),
  args: typed<TraceArgs>("What the sentence is made of."),
  text: z.string(),
});
const ms = z.number().optional();
const headers = z.array(z.strictObject({ name: z.string(), value: z.string() })).readonly();

const judgement = z.strictObject({
  verdict: z.enum(["ack", "nak", "error"]),
  /** What the call does next: a branch, or the code is asked for again. */
  next: z.enum(["success", "failed", "askAgain"]),
  said,
  parts: z
    .array(
      z.strictObject({
        part: z.enum(["status", "destination", "callername"]),
        value: z.string(),
        /** Where a destination leads, or why it leads nowhere. */
        leadsTo: typed<Destination>("A phone, a group, or a number outside.").optional(),
        refusal: z
          .strictObject({ code: typed<RefusalCode>("Why it is not called."), message: z.string() })
          .optional(),
      }),
    )
    .readonly(),
  warnings: z.array(z.string()).readonly(),
  /** The same as code and arguments. */
  notes: z.array(said).readonly(),
  /** The line that the receiver should have sent. */
  corrected: z.string().optional(),
  /** What a ringing phone shows; the name where the plan takes it over. */
  shows: z.strictObject({ name: z.string(), number: z.string() }).optional(),
});

const trial = z.strictObject({
  /** Absent: nothing was sent. */
  request: z.strictObject({ method: z.string(), url: z.string(), headers }).optional(),
  /** Absent: none came. */
  reply: z
    .strictObject({ status: z.int(), headers, body: z.string(), hops: z.array(z.string()).readonly() })
    .optional(),
  /** Milliseconds, over all redirects. */
  timings: z.strictObject({ dns: ms, connect: ms, tls: ms, firstByte: ms, body: ms, total: z.number() }),
  judgement: judgement.optional(),
  said,
});

const PROBLEMS = ["invalid", "noSuchCall"] as const;

export const webhookTrialRoutes = {
  try: route({
    id: "webhooks.try",
    method: "POST",
    path: "/webhooks/try",
    summary: "Send the real request of a webhook that need not be saved, marked X-Switchhook-Test: 1",
    role: "editor",
    body: z.strictObject(wanted),
    answer: trial,
    problems: [...PROBLEMS, "tooManyTrials"],
  }),
  judge: route({
    id: "webhooks.judge",
    method: "POST",
    path: "/webhooks/try/reply",
    summary: "Judge a reply that is pasted, as a call would; nobody is asked",
    role: "viewer",
    body: z.strictObject({ ...wanted, reply: z.string().max(65_536) }),
    answer: judgement,
    problems: PROBLEMS,
  }),
  preview: route({
    id: "webhooks.preview",
    method: "POST",
    path: "/webhooks/try/preview",
    summary: "Fill in a URL template, or say what is wrong with it and where",
    role: "viewer",
    body: z.strictObject({ urlTemplate: z.string().max(4096), values: wanted.values }),
    answer: z.strictObject({
      /** Absent: the template has problems. */
      url: z.string().optional(),
      /** As stories and logs show it. */
      masked: z.string().optional(),
      pieces: z.array(z.strictObject({ text: z.string(), of: z.string().optional() })).readonly(),
      warnings: z.array(z.string()).readonly(),
      /** `from` and `to` in UTF-16 units; both 0 where the place is not told. */
      problems: z
        .array(z.strictObject({ part: z.string(), from: z.int(), to: z.int(), text: z.string() }))
        .readonly(),
    }),
    problems: [],
  }),
} as const;
