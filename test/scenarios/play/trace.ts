import { Document, parse } from "yaml";
import type { CallRecord, StoryEvent } from "../../../src/model/call-record.ts";
import { describeEvent } from "../../../src/model/story.ts";
import type { SipMessage, SipRequest } from "../../../src/sip/message/message.ts";
import { media } from "../sdp.ts";

/** One event of a call's story: `step`, `type`, `code` and `args` where the plan decided something, `code` where a webhook failed. */
export interface StoryLine {
  /** Milliseconds since the call began. */
  readonly at: number;
  readonly is?: string;
  readonly step?: string;
  readonly type?: string;
  readonly code?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly says: string;
}

/** One SIP message, as the party sees it: `> INVITE …` it sends, `< 200 INVITE` comes to it. */
export interface SipLine {
  /** Milliseconds since the scenario began. */
  readonly at: number;
  readonly is: string;
}

/** What came of a scenario, whoever played it. */
export interface Trace {
  readonly calls: readonly {
    readonly record: Readonly<Record<string, unknown>>;
    readonly story: readonly StoryLine[];
  }[];
  /** Requests that receivers got. */
  readonly asked: readonly string[];
  /** By party and call: `carrier`, `215`, `215, call 2`. */
  readonly sip: Readonly<Record<string, readonly SipLine[]>>;
}

const RECORD = [
  "kind",
  "origin",
  "caller",
  "callerName",
  "called",
  "plan",
  "result",
  "reason",
  "missed",
  "answeredBy",
] as const;

/** The part of a record that is the same at each run. */
export function callOf(record: CallRecord): Trace["calls"][number] {
  const shown = RECORD.filter((key) => record[key] !== undefined).map((key) => [key, record[key]] as const);
  return { record: Object.fromEntries(shown), story: record.story.map(lineOf) };
}

function lineOf(event: StoryEvent): StoryLine {
  const at = Math.round(event.atMs);
  const says = describeEvent(event);
  if (event.type !== "step") {
    const code = event.type === "replied" ? event.failure : undefined;
    return { at, is: event.type, ...(code === undefined ? {} : { code }), says };
  }
  const { step, type, code, args } = event.entry;
  // As a file has it: without what is undefined.
  const kept =
    args === undefined ? {} : { args: JSON.parse(JSON.stringify(args, wordless)) as Record<string, unknown> };
  return { at, step, type, ...(code === undefined ? {} : { code }), ...kept, says };
}

/** Of a sentence within a sentence, code and arguments: a record that was read back has its words too. */
function wordless(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("code" in value && "text" in value)) return value;
  const { text: _text, ...rest } = value;
  return rest;
}

/** Header fields that say who calls whom and why; the others are told apart by golden messages and unit tests. */
const TELLING = [
  ["P-Asserted-Identity", "pai"],
  ["Remote-Party-ID", "rpid"],
  ["Privacy", "privacy"],
  ["Diversion", "diversion"],
  ["Reason", "reason"],
] as const;

/** A message on one line; undefined for what says nothing: 100, and what is in no call. */
export function sipLine(direction: "in" | "out", message: SipMessage, board: string): string | undefined {
  const what = message.kind === "request" ? requestText(message) : responseText(message);
  if (what === undefined) return undefined;
  const told = TELLING.flatMap(([name, short]) =>
    message.headers.all(name.toLowerCase()).map((value) => `${short} ${value}`),
  );
  // Our own ports are whichever are free.
  const sound = media(message.body).replace(new RegExp(`^${board.replaceAll(".", "\\.")}:\\d+`), "us");
  const isSdp = /sdp/.test(message.headers.get("content-type") ?? "");
  const parts = [what, ...told, ...(isSdp && sound !== "" ? [`sdp ${sound}`] : [])];
  return `${direction === "out" ? ">" : "<"} ${parts.join("; ")}`;
}

function requestText(request: SipRequest): string | undefined {
  const { method } = request;
  if (method === "REGISTER" || method === "OPTIONS") return undefined;
  if (request.to.tag !== undefined || method !== "INVITE") {
    return method === "INFO"
      ? `INFO ${/Signal=(\S+)/.exec(request.body.toString("utf8"))?.[1] ?? ""}`
      : method;
  }
  return `INVITE ${request.uri}; from ${(request.headers.get("from") ?? "").replace(/;tag=.*/, "")}`;
}

function responseText(response: Extract<SipMessage, { readonly kind: "response" }>): string | undefined {
  const { status, cseq, headers } = response;
  if (status === 100 || cseq.method === "REGISTER" || cseq.method === "OPTIONS") return undefined;
  const contacts = status >= 300 && status < 400 ? headers.all("contact") : [];
  return [`${status} ${cseq.method}`, ...contacts.map((contact) => `contact ${contact}`)].join("; ");
}

/** The same without what depends on how fast things went. */
export function timeless(trace: Trace): Trace {
  const line = ({ says, args, ...rest }: StoryLine): StoryLine => {
    const { elapsedMs: _elapsed, ...kept } = args ?? {};
    return { ...rest, at: 0, says: steady(says), ...(args === undefined ? {} : { args: kept }) };
  };
  return {
    calls: trace.calls.map(({ record, story }) => ({
      // A reason may begin with how a webhook failed, and how soon.
      record: steadily(record),
      story: story.map(line),
    })),
    asked: trace.asked,
    sip: Object.fromEntries(
      Object.entries(trace.sip).map(([leg, lines]) => [leg, lines.map(({ is }) => ({ at: 0, is }))]),
    ),
  };
}

function steadily(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { reason } = record;
  return typeof reason === "string" ? { ...record, reason: steady(reason) } : record;
}

/** Milliseconds, counts of packets, and how often a plan of that name was published before. */
function steady(says: string): string {
  return says
    .replace(/\b\d+(?:\.\d+)? ms\b/g, "… ms")
    .replace(/^(Sound: ).*( \(leg \w+\))?\.$/, "$1…$2.")
    .replace(/ \(version \d+\) /, " (version …) ");
}

/** Calls have ids of their own, which differ at each run. */
export function withoutIds(text: string): string {
  return text.replace(/\b[0-9a-f]{32}\b/g, "ID");
}

/** As it stands in a file: an event a line. */
export function writeTrace(trace: Trace): string {
  const document = new Document({});
  const flow = (value: unknown): unknown => document.createNode(value, { flow: true });
  document.commentBefore =
    " Written by UPDATE_SCENARIOS=1 npm test -- scenarios/play/virtual; read what it says before you keep it.";
  document.set(
    "calls",
    trace.calls.map(({ record, story }) => ({ record, story: story.map(flow) })),
  );
  document.set("asked", trace.asked);
  document.set(
    "sip",
    Object.fromEntries(Object.entries(trace.sip).map(([leg, lines]) => [leg, lines.map(flow)])),
  );
  return document.toString({ lineWidth: 0 });
}

export function readTrace(text: string): Trace {
  return parse(text) as Trace;
}
