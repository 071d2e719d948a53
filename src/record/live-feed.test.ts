import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { maskNothing } from "../../test/support/tape.ts";
import { OctetWriter } from "../lib/octet-writer.ts";
import type { CallEnd } from "../model/call-record.ts";
import type { LiveUpdate } from "../model/live-calls.ts";
import { note } from "../model/story-words.ts";
import type { Entry } from "../model/timeline.ts";
import { decodeTrace } from "../model/trace-bytes.ts";
import { writeEntries } from "./entry-json.ts";
import { LiveFeed } from "./live-feed.ts";
import { SlabWriter } from "./slab-writer.ts";
import { KEPT } from "./up-call.ts";
import { SPILL_AFTER_MS, UpCalls } from "./up-calls.ts";

const END: CallEnd = {
  result: "completed",
  reason: "",
  missed: false,
  answeredBy: undefined,
  endedAtMs: undefined,
};

/** An update as it was when it was told: its octets are only good then. */
interface Told extends Omit<LiveUpdate, "entries"> {
  readonly entries: readonly Entry[];
}

function read(update: LiveUpdate): Told {
  const out = new OctetWriter();
  writeEntries(out, update.entries);
  return { ...update, entries: JSON.parse(Buffer.from(out.take()).toString()) as readonly Entry[] };
}

/** A writer, the calls that are up and their feed on one clock; `call` writes one message each time. */
function scene() {
  const clock = new VirtualClock();
  const up = new UpCalls(() => maskNothing);
  const writer = new SlabWriter(clock, (portion) => up.take(portion, clock.now()));
  const paces: boolean[] = [];
  const feed = new LiveFeed(clock, (isRead) => {
    paces.push(isRead);
    writer.pace(isRead);
  });
  up.listener = {
    get hasReaders() {
      return feed.hasReaders;
    },
    // In the place of what was read come other octets.
    onEntries(of, entries, end) {
      const lent = entries.map(({ octets, places }) => ({ octets: octets.slice(), places: [...places] }));
      feed.onEntries(of, lent, end);
      for (const { octets, places } of lent) {
        octets.fill(0);
        places.fill(0);
      }
    },
  };
  const call = (id: string) => {
    const parties = { caller: "+31", callerName: "", called: "215", origin: "trunk" };
    const handle = writer.open({ id, kind: "call", startedAt: clock.wall(), plan: undefined, ...parties });
    const began = clock.now();
    let seq = 0;
    const stamp = () => ({ call: handle, seq: ++seq, atMs: clock.now() - began, leg: 0, isOut: false });
    return {
      say: (text = "x") => writer.message(stamp(), "udp:x", Buffer.from(text)),
      answer: () => writer.event(stamp(), { type: "answered", leg: "B1", target: "phone 215" }),
      note: () => writer.event(stamp(), note("A", "note.callerAnswered", { engine: "relay" })),
      end: () => writer.close(stamp(), END),
      at: (number: number) => began + number,
    };
  };
  return { clock, up, writer, feed, paces, call };
}

test("a reader gets every entry once, in order and within 250 ms, in at most four updates a second of each call", () => {
  const { clock, feed, call } = scene();
  const calls = [call("a"), call("b")];
  const updates: { readonly at: number; readonly update: Told }[] = [];
  feed.all((update) => void updates.push({ at: clock.now(), update: read(update) }));
  const began = clock.now();
  for (let time = 0; time < 200; time += 1) {
    // Two messages every half second, as calls have them, and a burst at the end.
    if (time % 50 === 0 || time > 185) for (const one of calls) one.say(String(clock.now()));
    clock.advance(10);
  }
  for (const one of calls) one.end();
  clock.advance(2000);
  for (const id of ["a", "b"]) {
    const own = updates.filter(({ update }) => update.call.id === id);
    const entries = own.flatMap(({ at, update }) => update.entries.map((entry) => ({ at, entry })));
    assert.deepEqual(
      entries.map(({ entry }) => entry.seq),
      Array.from({ length: 4 + 14 }, (_, index) => index + 1),
    );
    for (const { at, entry } of entries) {
      assert.ok(entry.type === "sip" && at - Number(entry.text) <= 250, `${at - began} ms`);
    }
    assert.equal(own.at(-1)?.update.call.result, "completed");
    for (const { at } of own) {
      const second = own.filter((other) => other.at > at - 1000 && other.at <= at);
      assert.ok(second.length <= 4, `${second.length} updates`);
    }
  }
});

test("without readers nothing is told and what is written leaves slowly; the last one who goes ends it", () => {
  const { clock, feed, paces, call } = scene();
  const one = call("a");
  let told = 0;
  one.say();
  clock.advance(1000);
  const ends = [feed.follow("a", () => (told += 1)), feed.all(() => (told += 1))];
  one.say();
  clock.advance(150);
  assert.equal(told, 2);
  for (const end of [...ends, ...ends]) end();
  one.say();
  clock.advance(1000);
  assert.deepEqual([told, paces], [2, [true, false]]);
});

test("a listener that throws is not called again, and the others are", () => {
  const { clock, feed, call } = scene();
  const one = call("a");
  let [bad, good] = [0, 0];
  feed.all(() => {
    bad += 1;
    throw new Error("gone");
  });
  feed.follow("a", () => (good += 1));
  for (let time = 0; time < 3; time += 1) {
    one.say();
    clock.advance(500);
  }
  assert.deepEqual([bad, good], [1, 3]);
});

test("what a reader gets of an entry is what the record says of it, and the first of a call is known", () => {
  const { clock, up, writer, feed, call } = scene();
  const updates: Told[] = [];
  feed.all((update) => void updates.push(read(update)));
  const one = call("a");
  one.say("INVITE \u00e9\r\n");
  one.answer();
  one.note();
  clock.advance(500);
  one.say("BYE");
  clock.advance(500);
  one.end();
  clock.advance(500);
  const told = updates.flatMap(({ entries }) => entries);
  const [job] = up.jobs(clock.now(), 10);
  const { sip, story } = decodeTrace(job?.row.trace ?? new Uint8Array(0));
  const kept = [...sip.map((message) => ({ type: "sip", ...message })), ...story];
  // As JSON has them: without what is undefined.
  assert.deepEqual(
    told.toSorted((a, b) => a.seq - b.seq),
    JSON.parse(JSON.stringify(kept.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)))),
  );
  assert.ok(told.some((entry) => entry.type === "note" && entry.text.length > 0));
  assert.deepEqual(
    updates.map(({ isFirst }) => isFirst),
    [true, false, false],
  );
  assert.equal(writer.dropped.entries, 0);
});

test("of a flood a reader is told to read anew, and nothing is kept for it", () => {
  const { clock, feed, call } = scene();
  const one = call("a");
  const updates: Told[] = [];
  feed.all((update) => void updates.push(read(update)));
  for (let time = 0; time < 1000; time += 1) one.say();
  clock.advance(1000);
  one.say();
  clock.advance(1000);
  assert.deepEqual(
    updates.map((update) => [update.isReset, update.entries.length]),
    [
      [true, 0],
      [false, 1],
    ],
  );
});

test("messages that are long are told as long as that is not too much at once", () => {
  const { clock, feed, call } = scene();
  const one = call("a");
  const updates: Told[] = [];
  feed.all((update) => void updates.push(read(update)));
  // The first ones are told at once, and what comes before the next update may be: the others together are too much, but for those of the last portion.
  for (const times of [40, 1]) {
    for (let time = 0; time < times; time += 1) one.say("x".repeat(64 * 1024 - 100));
    clock.advance(1000);
  }
  assert.deepEqual(
    updates.map(({ isReset, entries }) => [isReset, entries.length]),
    [
      [false, 4],
      [true, 0],
      [false, 4],
      [false, 1],
    ],
  );
});

test("a call is listed from its first message, answered when it is, and gone when it is over", () => {
  const { clock, up, writer, call } = scene();
  const one = call("abc");
  one.say();
  writer.flush();
  assert.deepEqual(
    up.list().map(({ id, result, answeredBy }) => [id, result, answeredBy]),
    [["abc", "ongoing", undefined]],
  );
  clock.advance(700);
  one.answer();
  writer.flush();
  const [listed] = up.list();
  assert.equal((listed?.answeredAt ?? 0) - (listed?.startedAt ?? 0), 700);
  assert.equal(listed?.answeredBy, "phone 215");
  one.end();
  writer.flush();
  assert.deepEqual(up.list(), []);
});

test("a call of 100,000 messages keeps the first and the newest, says how many are left out, and takes no more memory", () => {
  const { clock, up, writer, call } = scene();
  const one = call("long");
  const traces: Uint8Array[] = [];
  let most = 0;
  const keep = (): void => {
    const jobs = up.jobs(clock.now(), 10);
    traces.push(...jobs.map(({ row }) => row.trace.slice()));
    up.written(jobs);
    writer.settle(up.settled);
    most = Math.max(most, writer.bytes);
  };
  for (let time = 1; time <= 100_000; time += 1) {
    one.say(`message ${time}`);
    clock.advance(5);
    if (time % 1000 === 0) keep();
  }
  one.end();
  writer.flush();
  clock.advance(SPILL_AFTER_MS);
  keep();
  const { story, sip } = decodeTrace(Buffer.concat(traces));
  assert.equal(sip.length, KEPT.first + KEPT.newest);
  assert.deepEqual([sip[0]?.text, sip.at(-1)?.text], ["message 1", "message 100000"]);
  const left = story.find(({ type }) => type === "leftOut");
  assert.ok(left?.type === "leftOut");
  assert.deepEqual([left.entries, left.seq], [100_000 - KEPT.first - KEPT.newest, KEPT.first + 1]);
  assert.ok(most <= 2 * 1024 * 1024, `${most} octets of slabs`);
});
