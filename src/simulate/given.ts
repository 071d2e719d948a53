import { z } from "zod";
import type { WebhookResult } from "../dialplan/outcome.ts";

// What is given to a simulation besides the company: the call, and what everybody in it does. The schema is what a program
// may send; the types are wider where only we can say more.

/** What a phone, or an outside number, does when it rings. */
export const partyState = z.discriminatedUnion("does", [
  z.strictObject({ does: z.literal("answers"), afterMs: z.number().int().min(0).max(600_000).optional() }),
  z.strictObject({ does: z.literal("noAnswer") }),
  z.strictObject({ does: z.literal("busy"), afterMs: z.number().int().min(0).max(600_000).optional() }),
  z.strictObject({ does: z.literal("rejects"), afterMs: z.number().int().min(0).max(600_000).optional() }),
  /** Do not disturb. */
  z.strictObject({
    does: z.literal("unavailable"),
    afterMs: z.number().int().min(0).max(600_000).optional(),
  }),
  z.strictObject({ does: z.literal("notRegistered") }),
  /** Any other refusal of SIP. */
  z.strictObject({
    does: z.literal("refuses"),
    status: z.number().int().min(300).max(699),
    said: z.string().max(64).optional(),
    afterMs: z.number().int().min(0).max(600_000).optional(),
  }),
  /** 302: sends the call on to these, as somebody would dial them. */
  z.strictObject({
    does: z.literal("forwards"),
    to: z.array(z.string().min(1).max(64)).max(5),
    afterMs: z.number().int().min(0).max(600_000).optional(),
  }),
]);
export type PartyState = z.output<typeof partyState>;

/** A reply of a receiver as it would be sent. */
export const givenReply = z.strictObject({
  body: z.string().max(70_000),
  status: z.number().int().min(200).max(599).default(200),
  afterMs: z.number().int().min(0).max(15_000).default(0),
});

/** The call, and what everybody in it does. */
export const simulatedCall = z.strictObject({
  /** What was called: one of our numbers, or what a phone dials. */
  number: z.string().min(1).max(64),
  /** A number, the extension of a phone of ours, or empty: anonymous. */
  from: z.string().max(64).default("anonymous"),
  callerName: z.string().max(64).default(""),
  /** This plan takes the call, whoever was called. */
  plan: z.string().min(1).max(100).optional(),
  /** When it comes in, in milliseconds since the epoch. */
  at: z.number().int().min(0),
  /** What the caller types, an entry each time that it is asked; `#` and `*` are keys. None left: it types nothing. */
  digits: z
    .array(z.string().regex(/^[0-9*#]{0,40}$/, "Keys are 0 to 9, * and #, at most 40."))
    .max(100)
    .default([]),
  /** By webhook, in their order; the last again and again. */
  replies: z.record(z.string().max(100), z.array(givenReply).min(1).max(20)).default({}),
  /** By extension or +number; who is not there answers. */
  phones: z.record(z.string().max(64), partyState).default({}),
  /** The caller loses patience, in milliseconds since the call came in. */
  hangsUpAfterMs: z.number().int().min(0).max(14_400_000).optional(),
});

/** A reply in octets, or what came of a request that was really made. */
export type GivenReply =
  | { readonly body: string | Uint8Array; readonly status: number; readonly afterMs: number }
  | { readonly result: WebhookResult };

/** A simulated call. */
export interface SimulatedCall extends Omit<z.output<typeof simulatedCall>, "replies" | "phones"> {
  readonly replies: Readonly<Record<string, readonly GivenReply[]>>;
  /** Of several states one for each ringing in which the party is rung; the last again and again. */
  readonly phones: Readonly<Record<string, PartyState | readonly PartyState[]>>;
  /** How long it takes the caller to type each entry of `digits`, in milliseconds, where that is known. */
  readonly typingMs?: readonly number[];
  /** How long messages are heard, in milliseconds, by name, where that is known. */
  readonly messagesMs?: Readonly<Record<string, number>>;
  /** Nothing is made up for these: where none of their replies is left, the simulation says what they would be asked. */
  readonly ask?: readonly string[];
  readonly callId?: string;
}

/** How `PartyState` is written in one word: `busy`, `answers`, `forwards:216`, `486`. Undefined: that is none. */
export function readPartyState(text: string): PartyState | undefined {
  const [word = "", rest = ""] = text.split(/:(.*)/s);
  if (word === "forwards" && rest !== "") return { does: "forwards", to: rest.split(",").slice(0, 5) };
  if (/^[3-6]\d\d$/.test(text)) return { does: "refuses", status: Number(text) };
  const read = partyState.safeParse({ does: text });
  return read.success ? read.data : undefined;
}
