import { OWN_PLAN } from "../dialplan/plan.ts";
import { printable } from "../lib/printable.ts";
import { capital, withStop } from "../lib/sentence.ts";
import type { CallRecord, CallResult, StoryEvent } from "./call-record.ts";

const RESULTS: Readonly<Record<CallResult, string>> = {
  completed: "completed",
  noAnswer: "no answer",
  handled: "handled by the plan",
  busy: "busy",
  rejected: "rejected",
  cancelled: "caller hung up first",
  failed: "failed",
  refused: "refused",
  ongoing: "in progress",
};

type Of<Type extends StoryEvent["type"]> = Extract<StoryEvent, { readonly type: Type }>;

/**
 * One event as one plain sentence without its time, safe to print on a terminal. What else there is to say about
 * it is in `eventDetails`.
 */
export function describeEvent(event: StoryEvent): string {
  return printable(sentence(event));
}

function sentence(event: StoryEvent): string {
  switch (event.type) {
    case "received":
      return `A call came in from ${event.origin} (${event.source}): ${someone(event.from)} calls ${event.to}.`;
    case "number":
      return numberSentence(event);
    case "plan":
      return `Dial plan "${event.plan}"${versionText(event.version)} takes the call.`;
    case "step":
      return stepSentence(event);
    case "asked":
      return event.url === ""
        ? `Webhook "${event.webhook}" is asked.`
        : `Webhook "${event.webhook}" is asked: ${event.method ?? "GET"} ${event.url}`;
    case "replied":
      return repliedSentence(event);
    case "leg":
      return `Leg ${event.leg} goes out to ${event.target}, ${shownSentence(event)}.`;
    case "legEvent":
      return legSentence(event);
    case "answered":
      return answeredSentence(event);
    case "soundBegins":
      return `${partyOn(event.leg)} hears ${soundText(event)}.`;
    case "soundEnds":
      return SOUND_ENDS[event.by](event.leg === "A" ? "the caller" : `leg ${event.leg}`);
    case "key":
      return `${partyOn(event.leg)} presses a key.`;
    case "media":
      return mediaSentence(event);
    case "leftOut":
      return event.why === "noRoom"
        ? `${event.entries} messages and events are missing here: there was no room for them, since records could not be written.`
        : `${event.entries} messages and events are left out here: the record keeps the first and the last of a long call.`;
    case "note":
      return noteSentence(event);
    case "ended":
      return endedSentence(event);
  }
}

/**
 * Further lines about an event, each safe to print: what was requested from a webhook, warnings about its reply, and
 * how the reply began.
 */
export function eventDetails(event: StoryEvent): readonly string[] {
  if (event.type !== "replied") return [];
  const lines = event.warnings.map((warning) => `Note: ${warning}`);
  if (event.url !== "") lines.unshift(`The request: ${event.method ?? "GET"} ${event.url}`);
  if (event.excerpt !== "") lines.push(`The reply: ${event.excerpt}`);
  return lines.map(printable);
}

function versionText(version: number): string {
  return version === OWN_PLAN ? "" : ` (version ${version})`;
}

function numberSentence(event: Of<"number">): string {
  const { received, understood, matched } = event;
  if (matched === understood && received === understood) return `The called number ${understood} is ours.`;
  const read =
    received === understood
      ? `The called number is ${understood}`
      : `The called number "${received}" is understood as ${understood}`;
  if (matched === undefined) return `${read}; nothing here has it.`;
  return matched === understood ? `${read}, which is ours.` : `${read}; it matches ${matched}.`;
}

function stepSentence({ entry }: Of<"step">): string {
  if (entry.step === "") return entry.text;
  const label = entry.label === "" ? entry.type : entry.label;
  const plan = entry.plan === undefined ? "" : ` of "${entry.plan}"`;
  return `Step ${entry.step}${plan}, ${label}: ${entry.text}`;
}

/** What was understood of a reply is told by the step that takes a branch by it; where none does any more, here. */
function repliedSentence(event: Of<"replied">): string {
  const { webhook, verdict, status, elapsedMs, callerGone, reason } = event;
  const did = verdict === "ack" || verdict === "nak" ? `replied ${verdict.toUpperCase()}` : "failed";
  const http = status === undefined ? "" : ` with HTTP ${status}`;
  const account = callerGone === true && reason !== "" ? `: ${withStop(reason)}` : ".";
  return `Webhook "${webhook}" ${did} after ${milliseconds(elapsedMs)}${http}${account}`;
}

function shownSentence({ shownName, shownNumber }: Of<"leg">): string {
  if (shownName === "" && shownNumber === "") return "showing nothing about the caller";
  if (shownName === "") return `showing ${shownNumber}`;
  return shownNumber === "" ? `showing "${shownName}"` : `showing "${shownName}" ${shownNumber}`;
}

const LEG_VERBS: Readonly<Record<Of<"legEvent">["what"], string>> = {
  ringing: "is ringing",
  earlyMedia: "already sends sound (early media)",
  refused: "refused the call",
  cancelled: "was cancelled",
  redirected: "sent the call elsewhere",
  failed: "failed",
  unreachable: "cannot be reached",
};

function legSentence(event: Of<"legEvent">): string {
  const status = event.status === undefined ? "" : ` (${event.status})`;
  // The reason phrase of a 180 or 183 says nothing new.
  const good = event.what === "ringing" || event.what === "earlyMedia";
  const detail = good || event.detail === "" ? "." : `: ${withStop(event.detail)}`;
  return `Leg ${event.leg} ${LEG_VERBS[event.what]}${status}${detail}`;
}

function answeredSentence({ target, leg, sound }: Of<"answered">): string {
  const way = {
    direct: ", and their sound goes directly between them",
    throughUs: ", and their sound passes through us",
  };
  return `${capital(target)} answered (leg ${leg}); the two are connected${sound === undefined ? "" : way[sound]}.`;
}

const TONES = {
  ringback: "the ringing tone",
  busy: "the busy tone",
  hold: "the tone of a call on hold",
} as const;

function soundText({ sound }: Of<"soundBegins">): string {
  return sound.kind === "message" ? `the audio message "${sound.name}"` : TONES[sound.kind];
}

const SOUND_ENDS: Readonly<Record<Of<"soundEnds">["by"], (party: string) => string>> = {
  end: (party) => `What ${party} hears has come to its end.`,
  key: (party) => `A key ends what ${party} hears.`,
  hangup: (party) => `The end of the call ends what ${party} hears.`,
  replaced: (party) => `Something else takes the place of what ${party} hears.`,
  failed: (party) => `What ${party} was to hear could not be played.`,
};

function partyOn(leg: string): string {
  return leg === "A" ? "The caller" : `Leg ${leg}`;
}

function mediaSentence({ leg, codec, received, sent, lost, jitterMs, foreign }: Of<"media">): string {
  const strangers = foreign === 0 ? "" : `; ${foreign} packets from strangers were ignored`;
  const jitter = jitterMs.toFixed(1);
  return `Sound: ${codec}, ${received} packets in (${lost} lost, jitter ${jitter} ms), ${sent} out${strangers} (leg ${leg}).`;
}

function noteSentence({ leg, text }: Of<"note">): string {
  const sentence = withStop(capital(text));
  return leg === undefined ? sentence : `${sentence.slice(0, -1)} (leg ${leg})${sentence.slice(-1)}`;
}

const ENDED_BY: Readonly<Record<Of<"ended">["by"], string>> = {
  caller: "The caller hung up",
  callee: "The called party hung up",
  switchhook: "Switchhook ended the call",
};

function endedSentence(event: Of<"ended">): string {
  // Of a party that left, the reason is the whole sentence; its status is only how SIP puts it (487).
  if (event.by !== "switchhook" && event.reason !== "") return withStop(capital(event.reason));
  const status = event.by !== "switchhook" || event.status === undefined ? "" : ` with ${event.status}`;
  const reason = event.reason === "" ? "." : `: ${withStop(event.reason)}`;
  return `${ENDED_BY[event.by]}${status}${reason}`;
}

/**
 * The call in plain words, line by line: who called whom, every event with its time since the call began, and how
 * and why it ended. `timeZone` is an IANA name. Every line is safe to print on a terminal.
 */
export function renderStory(record: CallRecord, timeZone = "UTC"): readonly string[] {
  const lines = [
    printable(`Call ${record.id}, ${dateTime(record.startedAt, timeZone)} (${timeZone})`),
    printable(
      record.kind === "call"
        ? `${callerOf(record)} called ${someone(record.called)}: ${outcomeOf(record)}.`
        : `${capital(tried(record))}.`,
    ),
    "",
    ...renderEvents(record.story),
  ];
  if (record.reason !== "") lines.push("", `Why: ${printable(withStop(capital(record.reason)))}`);
  return lines;
}

/** What happened in a call, a line each and its details behind it, safe to print. */
export function renderEvents(story: readonly StoryEvent[]): readonly string[] {
  return story.flatMap((event) => [
    `${atTime(event.atMs)}  ${describeEvent(event)}`,
    ...eventDetails(event).map((detail) => `${" ".repeat(AT_WIDTH)}    ${detail}`),
  ]);
}

/** The call in one line: when, who, whom, how it ended, how long it was up. Safe to print. */
export function summarise(record: CallRecord, timeZone = "UTC"): string {
  const when = dateTime(record.startedAt, timeZone);
  const what =
    record.kind === "call"
      ? `${callerOf(record)} -> ${someone(record.called)}  ${outcomeOf(record)}`
      : tried(record);
  return printable(`${when}  ${what}  [${record.id}]`);
}

/** What a stranger did: `stranger at 203.0.113.9 called +31501234567 as 100: refused, 4 attempts`. */
function tried({ kind, origin, caller, called, attempts }: CallRecord): string {
  const times = `refused, ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  if (kind === "registration") return `${origin} tried to log in as ${someone(caller)}: ${times}`;
  return called === "" ? `${origin}: ${times}` : `${origin} called ${called} as ${someone(caller)}: ${times}`;
}

function outcomeOf(record: CallRecord): string {
  const result = RESULTS[record.result];
  // Whether it will have been missed is not known yet, nor how long it lasts.
  const isUp = record.result === "ongoing";
  if (record.answeredAt === undefined) return record.missed && !isUp ? `${result}, missed` : result;
  const by = record.answeredBy === undefined ? "answered" : `answered by ${record.answeredBy}`;
  if (isUp) return `${result}, ${by}`;
  return `${by}, ${result} after ${duration(record.endedAt - record.answeredAt)}`;
}

function callerOf(record: CallRecord): string {
  const number = someone(record.caller);
  return record.callerName === "" ? number : `"${record.callerName}" ${number}`;
}

function someone(text: string): string {
  return text === "" ? "anonymous" : text;
}

const AT_WIDTH = 11;

/** Time since the call began, right-aligned: `    0.012 s`. */
export function atTime(atMs: number): string {
  return `${(atMs / 1000).toFixed(3)} s`.padStart(AT_WIDTH);
}

function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** `4 s`, `1 min 05 s`, `2 h 03 min`. */
function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`;
  return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} min`;
}

/** `2026-11-22 08:10:11`, in a time zone. */
function dateTime(epochMs: number, timeZone: string): string {
  // Swedish writes dates the ISO way; h23 so that midnight is 00.
  const parts = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
  return parts.format(epochMs);
}
