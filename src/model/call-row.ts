import type { CallRecord } from "./call-record.ts";
import type { CallRow, CallSummary } from "./repositories.ts";
import { decodeTrace, encodeTrace } from "./trace-bytes.ts";

/** What lists show of a record. */
export function toCallSummary(record: CallRecord): CallSummary {
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
    missed: record.missed,
    answeredBy: record.answeredBy,
  };
}

/** A record in the form in which it is stored. */
export function toCallRow(record: CallRecord): CallRow {
  return { ...toCallSummary(record), trace: encodeTrace(record) };
}

/** The record again; `trace` must be what `toCallRow` made, once or several times in a row. */
export function toCallRecord(summary: CallSummary, trace: Uint8Array): CallRecord {
  return { ...summary, ...decodeTrace(trace) };
}
