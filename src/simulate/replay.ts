import type { CallRecord, StoryEvent } from "../model/call-record.ts";
import type { GivenReply, SimulatedCall } from "./given.ts";
import { partiesIn } from "./rung.ts";

type StepEvent = Extract<StoryEvent, { readonly type: "step" }>;

/**
 * A call that was, to be simulated again: who called whom and when, what webhooks replied, what those did who were rung, and
 * how long all of that took, as a caller who left did so at its time. Codes are not in a record: as many digits are typed
 * again, which no reply looks at.
 */
export function callAgain(record: CallRecord, plan: string): SimulatedCall {
  const { story, caller, callerName, called, startedAt, id } = record;
  const typed = typedIn(story.filter((event) => event.type === "step"));
  const end = story.findLast((event) => event.type === "ended");
  const leftAt = end?.by === "caller" && record.answeredBy === undefined ? end.atMs : undefined;
  return {
    number: called,
    from: caller === "" ? "anonymous" : caller,
    callerName,
    plan,
    at: startedAt,
    callId: id,
    digits: typed.map(({ keys }) => keys),
    typingMs: typed.map(({ tookMs }) => tookMs),
    messagesMs: messagesIn(story),
    replies: repliesIn(story),
    phones: partiesIn(story),
    ...(leftAt === undefined ? {} : { hangsUpAfterMs: leftAt }),
  };
}

/** What was typed each time that a code was asked for, and how long that took. */
function typedIn(steps: readonly StepEvent[]): readonly { readonly keys: string; readonly tookMs: number }[] {
  const typed: { readonly keys: string; readonly tookMs: number }[] = [];
  let askedAt = 0;
  for (const { atMs, entry } of steps) {
    const { code, args } = entry;
    const tookMs = atMs - askedAt;
    if (code === "webhook.asksForCode") askedAt = atMs;
    if (code === "webhook.noCode") typed.push({ keys: "", tookMs });
    if (code !== "webhook.asksWithCode") continue;
    const digits = "0".repeat(Number(args?.["digitCount"] ?? 0));
    typed.push({ keys: args?.["ended"] === "hash" ? `${digits}#` : digits, tookMs });
  }
  return typed;
}

/**
 * How long each message took from when the plan came to it; of one that asks for a code, or that the caller did not hear out, how
 * long it is.
 */
function messagesIn(story: readonly StoryEvent[]): Readonly<Record<string, number>> {
  const lengths = new Map<string, number>();
  let plays: { readonly name: string; readonly since: number } | undefined;
  for (const event of story) {
    if (event.type === "soundBegins" && event.sound.kind === "message") {
      const { name, durationMs } = event.sound;
      lengths.set(name, durationMs + (plays?.name === name ? event.atMs - plays.since : 0));
    }
    if (event.type !== "step") continue;
    const { code = "", args } = event.entry;
    // The next thing that the plan says is that it was played, or could not be.
    if (plays !== undefined && code !== "plan.callerHungUp")
      lengths.set(plays.name, event.atMs - plays.since);
    const name = PLAYS.has(code) ? args?.["message"] : undefined;
    plays = typeof name === "string" ? { name, since: event.atMs } : undefined;
  }
  return Object.fromEntries(lengths);
}

const PLAYS: ReadonlySet<string> = new Set(["audio.plays", "webhook.lastAttemptMessage"]);

/** The verdict that a webhook came to, with what it returned. */
function repliesIn(story: readonly StoryEvent[]): Readonly<Record<string, readonly GivenReply[]>> {
  const replies = new Map<string, readonly GivenReply[]>();
  for (const event of story) {
    if (event.type !== "replied") continue;
    const { webhook, url, verdict, failure, status, elapsedMs, reason, warnings, excerpt } = event;
    const known = verdict === "ack" || verdict === "nak" ? verdict : "error";
    const result = {
      verdict: known,
      failure,
      reason,
      warnings,
      status,
      url,
      elapsedMs,
      excerpt,
      ...(known === "error" ? NOTHING : returnedIn(story, event)),
    };
    replies.set(webhook, [...(replies.get(webhook) ?? []), { result } as GivenReply]);
  }
  return Object.fromEntries(replies);
}

const NOTHING = { destination: undefined, callerName: undefined };

/**
 * What the reply returned, as the steps after it tell: those that used it, and the webhook's own, whose account has it whether
 * it was used or not. In an account of an older record there are words alone.
 */
function returnedIn(story: readonly StoryEvent[], reply: StoryEvent) {
  const after = story.slice(story.indexOf(reply) + 1);
  const next = after.findIndex((event) => event.type === "replied");
  const entries = (next < 0 ? after : after.slice(0, next)).flatMap((event) =>
    event.type === "step" ? [event.entry] : [],
  );
  const account = entries.find(({ code = "" }) => ACCOUNTS.has(code))?.args?.["account"];
  const returned = typeof account === "object" ? account.args : {};
  const used = (code: string, name: string): string | undefined =>
    textOf(entries.find((entry) => entry.code === code)?.args?.[name]);
  // First as it was used: a number with the digits of a secret is hidden in the account.
  const destination = used("variableDestination.returned", "destination")?.replace(/^"(.*)"$/s, "$1");
  return {
    destination: destination ?? textOf(returned["destination"]),
    callerName: used("callerName.returned", "text") ?? textOf(returned["callerName"]),
  };
}

const ACCOUNTS: ReadonlySet<string> = new Set([
  "webhook.successful",
  "webhook.failed",
  "webhook.codeRefused",
]);

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
