import type { CallRecord, SipTrace, StoryEvent } from "./call-record.ts";
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

/**
 * Story and SIP messages as one text: two lengths, the story as JSON, the messages. Such texts can be put one behind
 * the other: a long call sends what it has while it is still up, and the rest at its end.
 */
export function toTraceText(record: CallRecord): string {
  const story = JSON.stringify(record.story);
  const sip = packSipTraces(record.sip);
  return `${story.length} ${sip.length}\n${story}${sip}`;
}

/** A record in the form in which it is stored. */
export function toCallRow(record: CallRecord): CallRow {
  return { ...toCallSummary(record), trace: encoder.encode(toTraceText(record)) };
}

/** The record again; `trace` must be what `toCallRow` made, once or several times in a row. */
export function toCallRecord(summary: CallSummary, trace: Uint8Array): CallRecord {
  const text = decoder.decode(trace);
  const story: StoryEvent[] = [];
  const sip: SipTrace[] = [];
  for (let at = 0; at < text.length; ) {
    const head = text.indexOf("\n", at);
    const [storyLength, sipLength] = text.slice(at, head).split(" ").map(Number);
    if (head < 0 || storyLength === undefined || sipLength === undefined) break;
    const middle = head + 1 + storyLength;
    story.push(...(JSON.parse(text.slice(head + 1, middle)) as StoryEvent[]));
    sip.push(...unpackSipTraces(text.slice(middle, middle + sipLength)));
    at = middle + sipLength;
  }
  return { ...summary, story, sip };
}
