import type { CallRecord } from "../../src/model/call-record.ts";

/** A call's record with an event and a message; `at` is when it began. */
export function callRecord(id: string, at: number, change: Partial<CallRecord> = {}): CallRecord {
  return {
    id,
    kind: "call",
    attempts: 1,
    startedAt: at,
    answeredAt: at + 2000,
    endedAt: at + 9000,
    caller: "+31201234567",
    callerName: "Jan 'x' \u{1f600}",
    called: "+31501234567",
    origin: "trunk carrier",
    plan: "main",
    result: "completed",
    reason: "Answered by 215.",
    said: { code: "end.callerHungUp", args: {} },
    missed: false,
    answeredBy: "215",
    story: [{ atMs: 0, type: "ended", by: "caller", status: undefined, reason: "bye" }],
    sip: [
      {
        atMs: 0.5,
        leg: "A",
        direction: "in",
        peer: "udp:127.0.0.1:5090",
        text: "INVITE sip:x SIP/2.0\r\n\r\n",
      },
    ],
    ...change,
  };
}
