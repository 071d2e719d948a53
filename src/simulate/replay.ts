import type { RingResult } from "../dialplan/outcome.ts";
import type { CallRecord, StoryEvent } from "../model/call-record.ts";
import type { GivenReply, PartyState, SimulatedCall } from "./given.ts";

type StepEvent = Extract<StoryEvent, { readonly type: "step" }>;

/**
 * A call that was, to be simulated again: who called whom and when, what webhooks replied, and what those did who were rung.
 * Codes are not in a record: as many digits are typed again, which no reply looks at.
 */
export function callAgain(record: CallRecord, plan: string): SimulatedCall {
  const { story, caller, callerName, called, startedAt, id } = record;
  const steps = story.filter((event) => event.type === "step");
  const end = story.findLast((event) => event.type === "ended");
  const leftAt = end?.by === "caller" && record.answeredBy === undefined ? end.atMs : undefined;
  return {
    number: called,
    from: caller === "" ? "anonymous" : caller,
    callerName,
    plan,
    at: startedAt,
    callId: id,
    digits: steps.flatMap(typedIn),
    replies: repliesIn(story),
    phones: partiesIn(story),
    ...(leftAt === undefined ? {} : { hangsUpAfterMs: leftAt }),
  };
}

function typedIn({ entry: { code, args } }: StepEvent): readonly string[] {
  if (code === "webhook.noCode") return [""];
  if (code !== "webhook.asksWithCode") return [];
  const digits = "0".repeat(Number(args?.["digitCount"] ?? 0));
  return [args?.["ended"] === "hash" ? `${digits}#` : digits];
}

/** The verdict that a webhook came to, with what it returned. */
function repliesIn(story: readonly StoryEvent[]): Readonly<Record<string, readonly GivenReply[]>> {
  const replies: Record<string, GivenReply[]> = {};
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
      ...returnedIn(story, event),
    };
    replies[webhook] = [...(replies[webhook] ?? []), { result } as GivenReply];
  }
  return replies;
}

/** What the reply returned, as the steps after it tell. */
function returnedIn(story: readonly StoryEvent[], reply: StoryEvent) {
  const after = story.slice(story.indexOf(reply) + 1);
  const next = after.findIndex((event) => event.type === "replied");
  const own = next < 0 ? after : after.slice(0, next);
  const argument = (code: string, name: string): string | undefined => {
    const event = own.find((one) => one.type === "step" && one.entry.code === code);
    const value = event?.type === "step" ? event.entry.args?.[name] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const destination = argument("variableDestination.returned", "destination")?.replace(/^"(.*)"$/s, "$1");
  return { destination, callerName: argument("callerName.returned", "text") };
}

const STATES: Readonly<Record<`ring.${RingResult | "notCalled"}`, PartyState>> = {
  "ring.answered": { does: "answers", afterMs: 0 },
  "ring.timeout": { does: "noAnswer" },
  "ring.busy": { does: "busy", afterMs: 0 },
  "ring.rejected": { does: "rejects", afterMs: 0 },
  "ring.unavailable": { does: "unavailable", afterMs: 0 },
  "ring.failed": { does: "refuses", status: 503, afterMs: 0 },
  "ring.notCalled": { does: "refuses", status: 403, afterMs: 0 },
};

/**
 * Who was rung, and what came of it; of several who rang together, and none of whom answered, all are said to have done the
 * same. Of whom nothing is told, they rang until somebody else answered or the caller left.
 */
function partiesIn(story: readonly StoryEvent[]): Readonly<Record<string, PartyState>> {
  const parties = new Map<string, PartyState>();
  let sentTo: readonly string[] = [];
  for (const event of story) {
    // Said just before the plan decides what comes of it.
    if (event.type === "legEvent" && event.what === "redirected") sentTo = listIn(event.args?.["to"], ", ");
    if (event.type !== "step") continue;
    const { code = "", args } = event.entry;
    const targets = listIn(args?.["targets"], " ");
    for (const one of targets) if (!parties.has(one)) parties.set(one, { does: "noAnswer" });
    if (code === "ring.forwarded") {
      const to = sentTo.length === 0 ? targets : sentTo;
      for (const one of namesIn(args?.["by"]))
        parties.set(one, { does: "forwards", to: [...to], afterMs: 0 });
    }
    if (!Object.hasOwn(STATES, code)) continue;
    const state = STATES[code as keyof typeof STATES];
    for (const one of namesIn(args?.["who"])) parties.set(one, state);
  }
  return Object.fromEntries(parties);
}

/** The extensions and numbers in `215 (Reception), +31201234567`. */
function namesIn(who: unknown): readonly string[] {
  return listIn(who, ", ").map((one) => one.split(" ")[0] ?? "");
}

function listIn(text: unknown, between: string): readonly string[] {
  return typeof text === "string" && text !== "" ? text.split(between) : [];
}
