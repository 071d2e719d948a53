import type { WebhookValues } from "../../dialplan/command.ts";
import type { WebhookResult } from "../../dialplan/outcome.ts";
import type { TraceArgs } from "../../dialplan/trace.ts";
import { withoutCode } from "../../lib/hidden-digits.ts";
import { type Masker, noMasker } from "../../lib/masker.ts";
import type { Said } from "../../lib/said.ts";
import { excerptOf, maskCode } from "./excerpt.ts";
import { type RawReply, type ReadReply, readReply } from "./read-reply.ts";
import { decodeBytes, textOf } from "./text.ts";

/** What is known of the request that a reply answers. */
export interface Request {
  /** As requested, codes and secrets masked. */
  readonly url: string;
  readonly elapsedMs: number;
  /** Knows what is secret in the URL: a receiver may write back what it was sent. */
  readonly mask: Masker;
}

/** What the plan and the story are told of a reply: what it means, nothing secret in it. `hops`: where redirects led. */
export function resultOfReply(
  reply: RawReply & { readonly hops?: readonly string[] },
  values: WebhookValues,
  { url, elapsedMs, mask }: Request,
): WebhookResult {
  const { code } = values;
  const body = bodyWithoutSecrets(reply.body, mask);
  const read = body === reply.body ? readReply(reply, values) : readShown(reply, values, body);
  const last = reply.hops?.at(-1);
  const told = read.verdict === "ack" ? withoutCodeInName(read, code) : withoutCodeIn(read, code);
  const notes = [...(last === undefined ? [] : [redirectedTo(withoutQuery(last))]), ...read.notes];
  const result: WebhookResult = {
    verdict: read.verdict,
    destination: read.destination,
    callerName: read.callerName,
    failure: read.failure,
    ...told,
    ...notesWithout(notes, (text) => maskCode(text, code)),
    status: reply.status,
    url,
    elapsedMs,
    excerpt: excerptOf(body, code),
  };
  return withoutSecrets(result, mask);
}

/** Of what failed, and its words may be anything. */
function withoutCodeIn({ args, reason }: ReadReply, code: string): Pick<WebhookResult, "args" | "reason"> {
  return { args: mapTexts(args, (text) => maskCode(text, code)), reason: maskCode(reason, code) };
}

/** A destination is dialled and told as it is; in a name the code is hidden (docs/adr/0107). */
function withoutCodeInName(read: ReadReply, code: string): Pick<WebhookResult, "args" | "reason"> {
  const { args, reason, callerName = "" } = read;
  const shown = withoutCode(callerName, code);
  if (shown === callerName) return { args, reason };
  return {
    args: { ...args, callerName: shown },
    // A function: `$&` in a name is no pattern.
    reason: reason.replaceAll(`"${callerName}"`, () => `"${shown}"`),
  };
}

/** What the plan is told where the answer is ignored: a success, whatever comes of the request. */
export function ignoredAnswer(url: string): WebhookResult {
  return {
    verdict: "ack",
    destination: undefined,
    callerName: undefined,
    failure: undefined,
    args: {},
    reason: "The request is on its way; its answer is ignored.",
    warnings: [],
    status: undefined,
    url,
    elapsedMs: 0,
    excerpt: "",
  };
}

function redirectedTo(to: string): Said {
  return { code: "redirectedTo", args: { to }, text: `The receiver redirected to ${to}.` };
}

/** What should be written otherwise, as a result holds it, with every text changed. */
function notesWithout(
  notes: readonly Said[],
  change: (text: string) => string,
): Pick<WebhookResult, "warnings" | "notes"> {
  if (notes.length === 0) return { warnings: [] };
  const changed = notes.map(({ code, args, text }) => ({
    code,
    args: mapTexts(args, change),
    text: change(text),
  }));
  return { warnings: changed.map(({ text }) => text), notes: changed };
}

/** The body with what is secret in it masked, before anything is cut off; the very same where there is nothing. */
function bodyWithoutSecrets(body: Uint8Array, mask: Masker): Uint8Array {
  if (mask === noMasker) return body;
  const text = decodeBytes(textOf(body));
  const masked = mask(text);
  return masked === text ? body : new TextEncoder().encode(masked);
}

/** A reply that repeats a secret: it means what it says, and its words are those of the masked body. */
function readShown(reply: RawReply, values: WebhookValues, body: Uint8Array): ReadReply {
  const meant = readReply(reply, values);
  const shown = readReply({ ...reply, body }, values);
  const isNumber = /^\+?\d+$/.test(meant.destination ?? "");
  if (shown.verdict !== meant.verdict) return meant;
  return { ...shown, destination: isNumber ? meant.destination : shown.destination };
}

/** All that is kept of a request: nothing of it goes into a story, a log or on to a phone with a secret in it. */
export function withoutSecrets(result: WebhookResult, mask: Masker): WebhookResult {
  if (mask === noMasker) return result;
  const { destination, callerName } = result;
  return {
    ...result,
    // A number is dialled as it is, should it be a secret's very digits.
    destination: destination === undefined || /^\+?\d+$/.test(destination) ? destination : mask(destination),
    callerName: callerName === undefined ? undefined : mask(callerName),
    args: mapTexts(result.args, mask),
    reason: mask(result.reason),
    ...(result.notes === undefined
      ? { warnings: result.warnings.map(mask) }
      : notesWithout(result.notes, mask)),
    url: mask(result.url),
    excerpt: mask(result.excerpt),
  };
}

/** The arguments with every text in them changed; the details of replies and requests hold no sentences. */
export function mapTexts(args: TraceArgs, change: (text: string) => string): TraceArgs {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === "string" ? change(value) : value]),
  );
}

/** A query may carry secrets of the receiver's own making. */
function withoutQuery(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? url : url.slice(0, at);
}
