import type { CallRecord, StoryEvent } from "./call-record.ts";
import type { CallRow, CallSummary } from "./repositories.ts";
import { packSipTraces, unpackSipTraces } from "./sip-text.ts";

/** A record in the form in which it travels to the store: long parts as text, which is cheap to copy. */
export function toCallRow(record: CallRecord): CallRow {
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
    story: JSON.stringify(record.story),
    sip: packSipTraces(record.sip),
  };
}

/** The record again. `story` must be what `toCallRow` made. */
export function toCallRecord(summary: CallSummary, story: string, sip: string): CallRecord {
  return { ...summary, story: JSON.parse(story) as StoryEvent[], sip: unpackSipTraces(sip) };
}
