import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { TestTape } from "../../test/support/tape.ts";
import { describeEvent } from "../model/story.ts";
import { note } from "../model/story-words.ts";
import { timeline } from "../model/timeline.ts";
import type { Flow } from "../sip/index.ts";
import { Recorder } from "./recorder.ts";

const head = { id: "1", caller: "", callerName: "", called: "", origin: "", plan: undefined };
const end = { result: "completed", reason: "", missed: false, answeredBy: "phone 215" } as const;
const flow = { transport: "udp", remote: { host: "2001:db8::1", port: 5060 } } as Flow;

test("events and messages are written with their time and one number after the other", () => {
  const clock = new VirtualClock();
  const tape = new TestTape(clock);
  const recorder = new Recorder(clock, head, tape.writer);
  recorder.packet(0, "in", flow, Buffer.from("INVITE"));
  clock.advance(1000);
  recorder.add({ type: "answered", leg: "B1", target: "phone 215" });
  recorder.packet(12, "out", flow, Buffer.from("ACK"));
  clock.advance(2000);
  recorder.add({ type: "ended", by: "caller", status: undefined, reason: "" });
  clock.advance(250);
  recorder.finish(end);
  recorder.add({ type: "key", leg: "A", way: "info" });
  recorder.packet(0, "in", flow, Buffer.from("BYE"));
  const [record] = tape.records;
  assert.ok(record?.answeredAt !== undefined);
  assert.deepEqual(
    timeline(record).map((entry) => [entry.seq, entry.atMs, entry.type]),
    [
      [1, 0, "sip"],
      [2, 1000, "answered"],
      [3, 1000, "sip"],
      [4, 3000, "ended"],
    ],
  );
  assert.deepEqual(
    record.sip.map(({ leg, direction, peer, text }) => [leg, direction, peer, text]),
    [
      ["A", "in", "udp:[2001:db8::1]:5060", "INVITE"],
      ["B12", "out", "udp:[2001:db8::1]:5060", "ACK"],
    ],
  );
  assert.equal(record.answeredAt - record.startedAt, 1000);
  assert.equal(record.endedAt - record.startedAt, 3000);
});

test("D9: a code that a receiver wrote into a name is hidden in events and messages from then on, and nowhere else", () => {
  const clock = new VirtualClock();
  const tape = new TestTape(clock);
  const recorder = new Recorder(clock, head, tape.writer);
  const name = 'J\u00f6rg "4711"';
  recorder.hideCode("Jan", "4711");
  recorder.hideCode("Jan 14711", "4711");
  recorder.hideCode(name, "4711");
  const leg = { leg: "B1", target: "phone 4711 at udp:192.0.2.1:4711" } as const;
  recorder.add({ type: "leg", ...leg, shownName: `VIP ${name}`, shownNumber: "+3150471147" });
  recorder.packet(1, "out", flow, Buffer.from('From: "J\u00f6rg \\"4711\\"" <sip:4711@192.0.2.1>;tag=4711'));
  recorder.finish(end);
  const [record] = tape.records;
  assert.ok(record !== undefined);
  const [event] = record.story;
  assert.ok(event?.type === "leg");
  assert.deepEqual(
    [event.target, event.shownName, event.shownNumber],
    [leg.target, 'VIP J\u00f6rg "****"', "+3150471147"],
  );
  assert.equal(record.sip[0]?.text, 'From: "J\u00f6rg \\"****\\"" <sip:4711@192.0.2.1>;tag=4711');
});

test("H3: a clock that jumps changes no duration", () => {
  const clock = new VirtualClock();
  const tape = new TestTape(clock);
  let ahead = 0;
  const jumping = {
    now: () => clock.now(),
    wall: () => clock.wall() + ahead,
    after: clock.after.bind(clock),
  };
  const recorder = new Recorder(jumping, head, tape.writer);
  clock.advance(500);
  ahead = 86_400_000;
  recorder.add({ type: "answered", leg: "B1", target: "phone 215" });
  ahead = -86_400_000;
  clock.advance(1500);
  recorder.add({ type: "ended", by: "caller", status: undefined, reason: "" });
  recorder.finish(end);
  const [record] = tape.records;
  assert.ok(record?.answeredAt !== undefined);
  assert.deepEqual([record.answeredAt - record.startedAt, record.endedAt - record.startedAt], [500, 2000]);
});

test("D9: whoever follows a call in which a code is hidden reads its notes as others do", () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const recorder = new Recorder(clock, head, new TestTape(clock).writer, {
    onStory: (_, event) => void told.push(describeEvent(event)),
  });
  recorder.hideCode('Jan "4711"', "4711");
  recorder.add(note("A", "note.hold", { who: "caller" }));
  assert.deepEqual(told, ["The caller put the call on hold (leg A)."]);
});
