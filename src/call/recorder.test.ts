import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { CallRecord } from "../model/call-record.ts";
import { Recorder } from "./recorder.ts";

const head = { id: "1", caller: "", callerName: "", called: "", origin: "", plan: undefined };
const end = { result: "completed", reason: "", missed: false, answeredBy: "phone 215" } as const;

test("a story that is full loses further events, but not that the call was answered and when it ended", () => {
  const clock = new VirtualClock();
  const records: CallRecord[] = [];
  const recorder = new Recorder(clock, head);
  for (let at = 0; at < 5000; at++) recorder.add({ type: "note", leg: undefined, text: `${at}` });
  clock.advance(1000);
  recorder.add({ type: "answered", leg: "B1", target: "phone 215" });
  clock.advance(2000);
  recorder.add({ type: "ended", by: "caller", status: undefined, reason: "" });
  clock.advance(250);
  recorder.finish({ put: (record) => records.push(record) }, end);
  const [record] = records;
  assert.ok(record !== undefined && record.answeredAt !== undefined);
  assert.equal(record.missed, false);
  assert.equal(record.answeredAt - record.startedAt, 1000);
  assert.equal(record.endedAt - record.startedAt, 3000);
  assert.equal(record.story.length, 1000);
});

test("what is handed over while the call is up does not come again at its end", () => {
  const clock = new VirtualClock();
  const records: CallRecord[] = [];
  const sink = { put: (record: CallRecord) => void records.push(record) };
  const recorder = new Recorder(clock, head);
  recorder.add({ type: "note", leg: undefined, text: "first" });
  recorder.spill(sink, "phone 215");
  recorder.add({ type: "note", leg: undefined, text: "second" });
  recorder.finish(sink, end);
  const texts = records.map(({ result, story }) => [
    result,
    story.map((one) => one.type === "note" && one.text),
  ]);
  assert.deepEqual(texts, [
    ["ongoing", ["first"]],
    ["completed", ["second"]],
  ]);
});
