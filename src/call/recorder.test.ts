import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { TestTape } from "../../test/support/tape.ts";
import type { TraceArgs } from "../dialplan/trace.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import { describeEvent } from "../model/story.ts";
import { note } from "../model/story-words.ts";
import { timeline } from "../model/timeline.ts";
import type { Flow } from "../sip/index.ts";
import { Recorder } from "./recorder.ts";

const head = { id: "1", caller: "", callerName: "", called: "", origin: "", plan: undefined };
const said = { code: "end.callerHungUp", args: {} } as const;
const end = { result: "completed", reason: "", said, missed: false, answeredBy: "phone 215" } as const;
const stepOf = (args: TraceArgs) => ({
  step: "1",
  type: "callerName",
  label: "",
  code: "callerName.prepended",
  text: "",
  args,
});
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

test("D9: a name that is nothing but the code is hidden as a name; a message keeps all else, and its length", () => {
  const clock = new VirtualClock();
  const tape = new TestTape(clock);
  const recorder = new Recorder(clock, head, tape.writer);
  recorder.hideCode("1", "1");
  const message = [
    "INVITE sip:1@192.0.2.1:1 SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1:1;branch=z9hG4bK1",
    'From: "VIP 1" <sip:1@192.0.2.1>;tag=1',
    "To: 1",
    "  <sip:1@192.0.2.1>",
    'm: "11" <sip:1@192.0.2.1>, "1"<sip:1@192.0.2.1>;expires=1',
    "Subject: 1 <1>",
    "CSeq: 1 INVITE",
    "Content-Length: 1",
    "",
    'From: "1" <1>',
  ].join("\r\n");
  recorder.packet(1, "out", flow, Buffer.from(message));
  recorder.add({ type: "leg", leg: "B1", target: 'phone "1"', shownName: "1", shownNumber: "1" });
  recorder.add({ type: "step", entry: stepOf({ text: "1", callerName: "VIP 1", targets: "1" }) });
  recorder.add(note("A", "note.hold", { who: "caller" }));
  recorder.finish(end);
  const [record] = tape.records;
  assert.equal(
    record?.sip[0]?.text,
    message.replace('"VIP 1"', '"VIP *"').replace("To: 1", "To: *").replace('"1"<', '"*"<'),
  );
  const [leg, step] = record?.story ?? [];
  assert.deepEqual(leg, {
    atMs: 0,
    seq: 2,
    type: "leg",
    leg: "B1",
    target: 'phone "1"',
    shownName: "*",
    shownNumber: "1",
  });
  assert.ok(step?.type === "step");
  assert.deepEqual(step.entry.args, { text: "*", callerName: "VIP *", targets: "1" });
});

test("D9: a name that is cut off for the text in front of it is hidden as well, even in the middle of the code", () => {
  const clock = new VirtualClock();
  const tape = new TestTape(clock);
  const recorder = new Recorder(clock, head, tape.writer);
  const name = `$& $$ ${"J\u00f6".repeat(26)} 4711`;
  assert.equal(cleanDisplayName(name), name);
  recorder.hideCode(name, "4711");
  recorder.hideCode(name, "4711");
  for (const put of ["VIP", "Late: VIP", "VIP "]) {
    const callerName = cleanDisplayName(put + name);
    recorder.add({ type: "step", entry: stepOf({ callerName }) });
    recorder.packet(1, "out", flow, Buffer.from(`From: "${callerName}" <sip:4711@192.0.2.1>`));
  }
  recorder.finish(end);
  const [record] = tape.records;
  const told = record?.story.map((event) => (event.type === "step" ? event.entry.args?.["callerName"] : ""));
  const masked = ["VIP", "Late: VIP", "VIP "].map((put) =>
    cleanDisplayName(put + name.replace("4711", "****")),
  );
  assert.deepEqual(told, masked);
  assert.ok(masked[0]?.endsWith(" **"), masked[0]);
  assert.deepEqual(
    record?.sip.map(({ text }) => text),
    masked.map((one) => `From: "${one}" <sip:4711@192.0.2.1>`),
  );
});

test("D9: one name with two codes in it, and more names than are kept", () => {
  const clock = new VirtualClock();
  const tape = new TestTape(clock);
  const recorder = new Recorder(clock, head, tape.writer);
  for (let n = 0; n < 100; n++) recorder.hideCode(`Jan ${n} 4711`, "4711");
  for (const code of ["12", "4711", "12"]) recorder.hideCode("Jan 4711 12", code);
  for (const shownName of ["Jan 4711 12", "Jan 99 4711", "Jan 0 4711"])
    recorder.add({ type: "leg", leg: "B1", target: "", shownName, shownNumber: "" });
  recorder.finish(end);
  assert.deepEqual(
    tape.records[0]?.story.map((event) => (event.type === "leg" ? event.shownName : "")),
    ["Jan **** **", "Jan 99 ****", "Jan 0 4711"],
  );
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
