import type { CallerIdForwarding, WebhookValues } from "../../dialplan/command.ts";
import type { Destination, DestinationRefusal } from "../../dialplan/destination.ts";
import { replySaid } from "../../dialplan/reply-said.ts";
import { encodeValue } from "../../dialplan/template.ts";
import type { Result } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import { type RawReply, type ReadReply, readReply } from "./read-reply.ts";

/** What a call does after a reply: a branch of the webhook's step, or the code is asked for again. */
export type NextOfReply = "success" | "failed" | "askAgain";

/** What is said of one part of a reply. */
export interface ReplyPart {
  readonly part: "status" | "destination" | "callername";
  /** As it was understood; empty: it is not there. */
  readonly value: string;
  /** Where a destination leads, or why it leads nowhere. */
  readonly leadsTo?: Destination | undefined;
  readonly refusal?: DestinationRefusal | undefined;
}

/** What a ringing phone shows. */
export interface PhoneShows {
  /** Shown where the plan takes the name over from the webhook; empty: none. */
  readonly name: string;
  /** Empty: the number is suppressed, or the caller has none. */
  readonly number: string;
}

/** A reply as a call would take it, for whoever tries a webhook. */
export interface ReplyJudgement {
  readonly verdict: ReadReply["verdict"];
  readonly next: NextOfReply;
  /** The verdict as code, arguments and sentence. */
  readonly said: Said;
  readonly parts: readonly ReplyPart[];
  /** Sentences: it was understood, and should be written otherwise. */
  readonly warnings: readonly string[];
  /** The same as code and arguments, in their order. */
  readonly notes: readonly Said[];
  /** The line that the receiver should have sent, where that is known and another than it sent. */
  readonly corrected: string | undefined;
  /** Undefined: the call does not get that far. */
  readonly shows: PhoneShows | undefined;
}

/** What of a webhook says how its reply is taken. */
export interface AskedBy {
  readonly callerIdForwarding: CallerIdForwarding;
  /** A code was asked for: NAK asks again. */
  readonly asksForCode: boolean;
  /** It is a success, whatever it says. */
  readonly ignoresAnswer?: boolean | undefined;
}

/** Reads a destination as the installation does; a browser that has no numbering plans leaves it out. */
export type Understand = (destination: string) => Result<Destination, DestinationRefusal>;

/** Judges a reply as a call does, and says all that a form shows about it. Pure; never throws, whatever the octets are. */
export function judgeReply(
  reply: RawReply,
  webhook: AskedBy,
  sent: WebhookValues,
  understand?: Understand,
): ReplyJudgement {
  const read = readReply(reply, sent);
  return {
    verdict: read.verdict,
    next: nextOf(read, webhook),
    said: replySaid(read),
    parts: partsOf(read, understand),
    warnings: read.warnings,
    notes: read.notes,
    corrected: correctedLine(read),
    shows: read.verdict === "ack" ? showsOf(read, webhook, sent) : undefined,
  };
}

function nextOf({ verdict }: ReadReply, { asksForCode, ignoresAnswer }: AskedBy): NextOfReply {
  if (ignoresAnswer === true) return "success";
  if (verdict === "ack") return "success";
  return verdict === "nak" && asksForCode ? "askAgain" : "failed";
}

function partsOf(read: ReadReply, understand: Understand | undefined): readonly ReplyPart[] {
  const { verdict, destination, callerName } = read;
  const parts: ReplyPart[] = [];
  if (verdict !== "error") parts.push({ part: "status", value: verdict.toUpperCase() });
  if (read.failure === "receiverSaidErr") parts.push({ part: "status", value: "ERR" });
  if (destination !== undefined) {
    const known = understand?.(destination);
    const leads = known?.ok === true ? { leadsTo: known.value } : {};
    const refused = known?.ok === false ? { refusal: known.error } : {};
    parts.push({ part: "destination", value: destination, ...leads, ...refused });
  }
  if (callerName !== undefined) parts.push({ part: "callername", value: callerName });
  return parts;
}

/** What was understood, written as it should be; only where the receiver should write something else. */
export function correctedLine(read: ReadReply): string | undefined {
  const { verdict, args, warnings, destination, callerName } = read;
  if (verdict === "error") return typeof args["correction"] === "string" ? args["correction"] : undefined;
  if (warnings.length === 0) return undefined;
  const pairs = [
    `status=${verdict.toUpperCase()}`,
    ...(destination === undefined ? [] : [`destination=${encodeValue(destination)}`]),
    ...(callerName === undefined ? [] : [`callername=${encodeValue(callerName)}`]),
  ];
  return pairs.join("&");
}

function showsOf(read: ReadReply, { callerIdForwarding }: AskedBy, sent: WebhookValues): PhoneShows {
  if (callerIdForwarding === "suppressed") return { name: "", number: "" };
  const name = read.callerName ?? sent.callername;
  return { name, number: callerIdForwarding === "called" ? sent.did : sent.callerid };
}
