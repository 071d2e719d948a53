// What a scenario is, as data: who is there, and what each does when. Pure, so that whatever plays it (a network in
// memory, real SIP, a simulator in a browser) reads the same.

import { z } from "zod";

const text = z.string().min(1).max(2000);
const ms = z.number().int().min(0).max(600_000);

/** When a party does something. `afterMs` later; at each time that it happens, or only at the `nth`. */
const when = {
  /**
   * Of its own call: `ringing` (180, 183), `answered` (2xx), `refused` (300 and more). Of a call that came to it: `invited`,
   * `acknowledged`, `cancelled`. Of either: `ended` (BYE). Of anything: `start`, `asked NAME`, `replied NAME` (webhooks).
   */
  when: z
    .string()
    .regex(
      /^(?:start|ringing|answered|refused|invited|acknowledged|cancelled|ended|(?:asked|replied) .{1,100})$/,
      "It is one of start, ringing, answered, refused, invited, acknowledged, cancelled, ended, asked NAME, replied NAME.",
    ),
  afterMs: ms.default(0),
  nth: z.number().int().min(1).max(20).optional(),
};

/** Header fields besides the usual ones. */
const headers = z.record(z.string().regex(/^[A-Za-z-]{1,40}$/), z.union([text, z.array(text)])).default({});

const act = z.discriminatedUnion("do", [
  z.strictObject({
    ...when,
    do: z.literal("call"),
    /** A user part, or a whole URI. */
    to: text,
    /** From, with its name, without tag. By default its own address. */
    from: text.optional(),
    headers,
    /** False: an INVITE without SDP; the ACK has it. */
    offer: z.boolean().default(true),
  }),
  z.strictObject({ ...when, do: z.literal("ring") }),
  z.strictObject({ ...when, do: z.literal("answer") }),
  z.strictObject({
    ...when,
    do: z.literal("respond"),
    status: z.number().int().min(180).max(699),
    headers,
    /** With its own SDP: early media. */
    sdp: z.boolean().default(false),
  }),
  z.strictObject({ ...when, do: z.literal("cancel"), headers }),
  z.strictObject({ ...when, do: z.literal("hangUp"), headers }),
  /** Keys by SIP INFO, one after the other. */
  z.strictObject({ ...when, do: z.literal("press"), keys: z.string().regex(/^[0-9*#A-D]{1,40}$/) }),
  /** Holds, resumes: a re-INVITE. */
  z.strictObject({
    ...when,
    do: z.literal("offer"),
    direction: z.enum(["sendrecv", "sendonly", "recvonly", "inactive"]),
  }),
]);

/** What a receiver does with a request. */
const reply = z.union([
  z.strictObject({
    /** The body as it is sent. */
    reply: z.string().max(70_000),
    status: z.number().int().min(200).max(599).default(200),
    afterMs: ms.default(20),
  }),
  /** The keys of a reply, written as they should be. */
  z.strictObject({
    fields: z.record(z.string(), z.string()),
    status: z.number().int().min(200).max(599).default(200),
    afterMs: ms.default(20),
  }),
  /** The body octet by octet, in hexadecimal. */
  z.strictObject({
    octets: z.string().regex(/^(?:[0-9a-f]{2} ?)*$/),
    status: z.number().int().min(200).max(599).default(200),
    afterMs: ms.default(20),
  }),
  z.strictObject({ says: z.literal("nothing") }),
]);

export const scenarioSchema = z.strictObject({
  /** What happens, in a sentence. */
  title: text,
  /** Why it is played on the network in memory alone: how long it takes, or what cannot be made real. */
  virtualOnly: text.optional(),
  /** Phones that are registered at the start, devices and all: `215`, `215/2`. */
  phones: z.array(z.string().regex(/^\d{2,6}(?:\/[2-9])?$/)).default([]),
  /** By webhook. Replies are given in order, the last one again and again; a receiver without any is not there. */
  receivers: z.record(text, z.array(reply).min(1)).default({}),
  /** By name: a phone, a trunk's far end (`carrier`), or `stranger`. Who is registered and does nothing needs no entry. */
  parties: z.record(z.string().regex(/^[a-z0-9/]{1,20}$/), z.array(act)),
  /** How many records there are at the end; by default one for each call. */
  records: z.number().int().min(0).max(20).optional(),
});

export type ScenarioDescription = z.output<typeof scenarioSchema>;
export type Act = z.output<typeof act>;
export type Reply = z.output<typeof reply>;

/** How many records a scenario leaves. */
export function recordsOf({ records, parties }: ScenarioDescription): number {
  const calls = Object.values(parties)
    .flat()
    .filter((one) => one.do === "call");
  return records ?? calls.length;
}

/** The reply to the request of this number, counted from 0; undefined: nobody is there. */
export function replyOf({ receivers }: ScenarioDescription, webhook: string, at: number): Reply | undefined {
  const replies = receivers[webhook] ?? [];
  return replies[Math.min(at, replies.length - 1)];
}

/** The octets of a reply's body. */
export function bodyOf(given: Reply): Uint8Array {
  if ("octets" in given) {
    const pairs = given.octets.match(/[0-9a-f]{2}/g) ?? [];
    return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  }
  if ("fields" in given) return new TextEncoder().encode(new URLSearchParams(given.fields).toString());
  return new TextEncoder().encode("reply" in given ? given.reply : "");
}
