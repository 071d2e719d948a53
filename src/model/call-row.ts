import type { CallRecord, StoryEvent } from "./call-record.ts";
import type { CallRow, CallSummary } from "./repositories.ts";
import { packSipTraces, unpackSipTraces } from "./sip-text.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What lists show of a record. */
export function toCallSummary(record: CallRecord): CallSummary {
  return {
    id: record.id,
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
    missed: record.missed,
    answeredBy: record.answeredBy,
  };
}

/** Story and SIP messages as one text: the story is a line of JSON, which has no line break in it. */
export function toTraceText(record: CallRecord): string {
  return `${JSON.stringify(record.story)}\n${packSipTraces(record.sip)}`;
}

/** A record in the form in which it is stored. */
export function toCallRow(record: CallRecord): CallRow {
  return { ...toCallSummary(record), trace: encoder.encode(toTraceText(record)) };
}

/** The record again; `trace` must be what `toCallRow` made. */
export function toCallRecord(summary: CallSummary, trace: Uint8Array): CallRecord {
  const text = decoder.decode(trace);
  const end = text.indexOf("\n");
  return {
    ...summary,
    story: JSON.parse(text.slice(0, end)) as StoryEvent[],
    sip: unpackSipTraces(text.slice(end + 1)),
  };
}
