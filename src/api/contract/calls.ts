import { z } from "zod";
import type { CallFix } from "../../model/call-fixes.ts";
import { CALL_RESULTS, type CallRecord } from "../../model/call-record.ts";
import type { CallSummary, StoredBinding } from "../../model/repositories.ts";
import type { Span } from "../../model/spans.ts";
import type { PathStep } from "../../model/step-path.ts";
import { route, typed } from "./route.ts";

const KINDS = ["call", "stranger", "registration"] as const;
const name = z.string().max(100).optional();
const party = z.string().max(64).optional();

/** Some of a few words, with commas between them. */
function some<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(words)).max(words.length));
}

/** ISO 8601 with its zone, or milliseconds since the epoch. */
const time = z
  .string()
  .max(40)
  .transform((text) => (/^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)))
  .pipe(z.number("A time is written 2026-11-29T21:38:00Z, or as milliseconds since 1970.").int().min(0));

/** Which calls; what is left out filters nothing. */
const filters = {
  /** `busy,noAnswer`. */
  result: some(CALL_RESULTS).optional(),
  /** Kinds with commas between them: `stranger,registration` lists what strangers tried. */
  kind: some(KINDS).default(["call"]),
  /** Caller or called number, exactly; or the extension of the phone that answered. */
  party,
  /** `true`: only calls in which somebody was to be reached, and nobody answered. */
  missed: z
    .literal("true")
    .transform(() => true)
    .optional(),
  /** Called number, exactly. */
  number: party,
  /** Caller's number, exactly. */
  caller: party,
  plan: name,
  /** A webhook that was asked. */
  webhook: name,
  /** A phone that called or was rung. */
  phone: z.string().max(8).optional(),
  /** Begun then or later. */
  from: time.optional(),
  /** Begun before that. */
  to: time.optional(),
  /** Any part of a number or a name, or the beginning of an id. */
  q: z.string().max(100).optional(),
} as const;

/** Query of `GET /api/v1/calls`; lists are newest first. */
const callListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** `next` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,15}\.[0-9A-Za-z-]{1,128}$/, "A cursor is the `next` of a page.")
    .optional(),
  /** The id of a call: gives the ones before it. */
  before: z.string().max(128).optional(),
  ...filters,
});

/** Path of a call: an id, or the beginning of one. */
const callParameters = z.strictObject({ id: z.string().min(1).max(128) });

/** A call as lists show it. */
export interface ListedCall extends CallSummary {
  /** What would let it through the next time. */
  readonly fixes: readonly CallFix[];
}

/** A call as its page shows it. */
export interface ShownCall extends CallRecord {
  /** A sentence for each event of the story, in their order. */
  readonly sentences: readonly string[];
  /** What lasted: sounds, ringing, talk, hold. */
  readonly spans: readonly Span[];
  /** The steps that it took. */
  readonly path: readonly PathStep[];
  readonly fixes: readonly CallFix[];
}

const FIXES = ["givePlan", "trustAddress", "newPassword"] as const;

export const callRoutes = {
  list: route({
    id: "calls.list",
    method: "GET",
    path: "/calls",
    summary: "List calls, newest first; `refused` says how often strangers were refused in 24 hours",
    role: "viewer",
    query: callListQuery,
    answer: z.strictObject({
      items: z.array(typed<ListedCall>("A call without its story and SIP messages.")),
      next: z.string().nullable(),
      refused: z.strictObject({ calls: z.int(), registrations: z.int() }),
    }),
    problems: [],
  }),
  csv: route({
    id: "calls.csv",
    method: "GET",
    path: "/calls/csv",
    summary: "Give the calls of a filter as CSV, newest first, at most 100,000",
    role: "viewer",
    query: z.strictObject(filters),
    answer: { raw: "octets", contentType: "text/csv; charset=utf-8" },
    problems: [],
  }),
  get: route({
    id: "calls.get",
    method: "GET",
    path: "/calls/:id",
    summary:
      "Give one call with its story and SIP messages; the beginning of an id will do. `behind=SEQ`: once there is something behind that entry or the call is over, after 10 s at the latest (by its whole id)",
    role: "viewer",
    params: callParameters,
    query: z.strictObject({ behind: z.coerce.number().int().min(0).max(0xffff_ffff).optional() }),
    answer: typed<ShownCall>("The whole record of a call."),
    problems: ["noSuchCall"],
  }),
  export: route({
    id: "calls.export",
    method: "GET",
    path: "/calls/:id/export",
    summary: "Give one call as a page of HTML that needs nothing else, as a capture file (pcap), or as JSON",
    role: "viewer",
    params: callParameters,
    query: z.strictObject({ as: z.enum(["html", "pcap", "json"]).default("html") }),
    answer: { raw: "octets", contentType: "application/octet-stream" },
    problems: ["noSuchCall"],
  }),
  fixes: route({
    id: "calls.fixes",
    method: "GET",
    path: "/calls/:id/fixes",
    summary: "Say what would let a refused call through, and what each would permit",
    role: "operator",
    params: callParameters,
    answer: z.strictObject({
      items: z.array(
        z.strictObject({
          fix: z.enum(FIXES),
          about: typed<CallFix>("The number, the address or the phone."),
          permits: z.string(),
          choices: z.array(z.string()).readonly(),
        }),
      ),
    }),
    problems: ["noSuchCall"],
  }),
  fix: route({
    id: "calls.fix",
    method: "POST",
    path: "/calls/:id/fixes/:fix",
    summary:
      "Mend what a call was refused for: give its number a plan, trust its address, give the phone another password",
    role: "editor",
    params: z.strictObject({ id: z.string().min(1).max(128), fix: z.enum(FIXES) }),
    body: z.strictObject({
      /** Of the plan, or of the trunk; may be left out where there is only one. */
      name: z.string().max(100).optional(),
      /** Of the phone; left out, a random one is made and shown this once. */
      password: z.string().min(8).max(128).optional(),
    }),
    answer: z.strictObject({
      kind: z.string(),
      id: z.string(),
      key: z.string(),
      revision: z.int(),
      /** New calls are routed by it. */
      live: z.boolean(),
      password: z.string().optional(),
    }),
    problems: ["noSuchCall", "noSuchFix", "noSuchChoice", "notChanged", "notSaved"],
  }),
  test: route({
    id: "calls.test",
    method: "POST",
    path: "/calls/test",
    summary:
      "Have the built-in caller place a real SIP call at this server, from 127.0.0.1; answers once the call has a record",
    role: "operator",
    body: z.strictObject({
      /** As a caller outside dials it. */
      number: z.string().regex(/^\+?[0-9*#]{1,32}$/, "A number is digits, with or without a + before them."),
      /** Who calls. */
      from: z
        .string()
        .regex(/^\+?[0-9]{1,32}$/, "A number is digits, with or without a + before them.")
        .default("+31612345678"),
      name: z.string().max(64).default(""),
      /** Typed one after the other, each when a message has been heard: `["1111#"]`. */
      codes: z
        .array(z.string().regex(/^[0-9*#]{1,32}$/, "A code is digits, * and #."))
        .max(10)
        .default([]),
      talkSeconds: z.number().min(0).max(60).default(3),
    }),
    answer: z.strictObject({
      /** Absent: no record was found within 3 s of the call's end. */
      id: z.string().optional(),
      state: z.enum(["up", "answered", "refused"]),
      /** Why it was refused, as a phone is told. */
      status: z.int().optional(),
      reason: z.string().optional(),
      /** What the caller has heard and done so far. */
      heard: z.array(z.string()).readonly(),
    }),
    problems: ["busy", "noListener"],
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
