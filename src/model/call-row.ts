import type { CallRecord, StoryEvent } from "./call-record.ts";
import { toldPaths } from "./plan-path.ts";
import { ENTRY_HEAD, EntryKind, type EntryRun, eventsAt, kindAt } from "./record-entries.ts";
import type { CallFacets, CallRow, CallSummary } from "./repositories.ts";
import {
  decodeStory,
  decodeTrace,
  encodeTrace,
  entryPlaces,
  packEntries,
  type RoomFor,
} from "./trace-bytes.ts";
import type { WebhookRequest } from "./webhook-requests.ts";

/** What lists show of a record; of its reason the code and arguments too (docs/adr/0109). */
export function toCallSummary(record: CallSummary): CallSummary {
  return {
    id: record.id,
    kind: record.kind,
    attempts: record.attempts,
    startedAt: record.startedAt,
    answeredAt: record.answeredAt,
    endedAt: record.endedAt,
    caller: record.caller,
    callerName: record.callerName,
    called: record.called,
    origin: record.origin,
    plan: record.plan,
    result: record.result,
    reason: record.reason,
    said: record.said,
    missed: record.missed,
    answeredBy: record.answeredBy,
  };
}

/** A record in the form in which it is stored. */
export function toCallRow(record: CallRecord): CallRow {
  return { ...toCallSummary(record), ...facetsOf(record, record.story), trace: encodeTrace(record) };
}

/** The row of a call whose trace is made already. */
export function rowOf(summary: CallSummary, trace: Uint8Array): CallRow {
  return { ...summary, ...facetsOf(summary, decodeStory(trace)), trace };
}

/** The row of a call by its entries, of which only those become events that lists are filtered by; `roomFor`: its trace. */
export function rowOfEntries(summary: CallSummary, runs: readonly EntryRun[], roomFor?: RoomFor): CallRow {
  const trace = packEntries(runs, roomFor);
  return { ...summary, ...facetsOfPiece(summary, trace), trace };
}

/** What lists are filtered by, as far as these entries tell. */
export function facetsOfEntries(summary: CallSummary, runs: readonly EntryRun[]): CallFacets {
  return facetsOfPiece(summary, packEntries(runs));
}

function facetsOfPiece(summary: CallSummary, piece: Uint8Array): CallFacets {
  const begins: number[] = [];
  for (const at of entryPlaces(piece)) if (isFacet(piece, at)) begins.push(at);
  return facetsOf(summary, eventsAt(piece, begins));
}

const encoder = new TextEncoder();
const EVENT = encoder.encode(`{"type":"`);
/** What `facetsOf` looks at. */
const FACETS = ["asked", "leg", "plan", "replied", "step"].map((type) => encoder.encode(`${type}"`));

/** Whether an entry is such an event, or may be: known by its first octets, for most of a call is not. */
function isFacet(octets: Uint8Array, at: number): boolean {
  if (kindAt(octets, at) !== EntryKind.event) return false;
  if (!beginsAt(octets, at + ENTRY_HEAD, EVENT)) return true;
  for (const type of FACETS) if (beginsAt(octets, at + ENTRY_HEAD + EVENT.length, type)) return true;
  return false;
}

function beginsAt(octets: Uint8Array, at: number, beginning: Uint8Array): boolean {
  for (let index = 0; index < beginning.length; index += 1)
    if (octets[at + index] !== beginning[index]) return false;
  return true;
}

const PHONE = /^phone (\S+)/;

/** What lists are filtered by, read from the story, which has it all. */
function facetsOf(
  { id, kind, startedAt, origin, plan }: CallSummary,
  story: readonly StoryEvent[],
): CallFacets {
  const webhooks = new Set<string>();
  const phones = new Set<string>();
  const requests: WebhookRequest[] = [];
  const isPhone = (text: string): void => {
    const extension = PHONE.exec(text)?.[1];
    if (extension !== undefined) phones.add(extension);
  };
  isPhone(origin);
  for (const event of story) {
    if (event.type === "asked") webhooks.add(event.webhook);
    if (event.type === "leg") isPhone(event.target);
    if (event.type !== "replied") continue;
    const { webhook, verdict, failure, status, elapsedMs, reason, args, atMs } = event;
    const at = startedAt + Math.round(atMs);
    const nth = requests.length;
    requests.push({ webhook, at, call: id, nth, verdict, failure, status, elapsedMs, reason, args });
  }
  const paths = kind === "call" && plan !== undefined ? toldPaths(story, plan) : [];
  return { webhooks: [...webhooks], phones: [...phones], requests, paths };
}

/** The record again; `trace` must be what `toCallRow` made, once or several times in a row. */
export function toCallRecord(summary: CallSummary, trace: Uint8Array): CallRecord {
  return { ...summary, ...decodeTrace(trace) };
}
