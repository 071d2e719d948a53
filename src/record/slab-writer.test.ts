import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { maskNothing, TestTape } from "../../test/support/tape.ts";
import type { CallEnd, CallHead } from "../model/call-record.ts";
import type { Stamp } from "../model/record-tape.ts";
import { timeline } from "../model/timeline.ts";
import { decodeTrace } from "../model/trace-bytes.ts";
import type { Portion } from "./portion.ts";
import { SLAB_LIMITS, SlabWriter } from "./slab-writer.ts";
import { SPILL_AFTER_MS, UpCalls } from "./up-calls.ts";

const END: CallEnd = {
  result: "completed",
  reason: "bye",
  missed: false,
  answeredBy: undefined,
  endedAtMs: 7,
};

function headOf(id: string): CallHead {
  const parties = { caller: "+31", callerName: "Zoë 📞", called: "215", origin: "trunk" };
  return { id, kind: "call", startedAt: 1000, plan: undefined, ...parties };
}

function stampOf(call: number, seq: number): Stamp {
  return { call, seq, atMs: seq / 100, leg: seq % 3, isOut: seq % 2 === 0 };
}

/** A message of which each octet says where it is. */
function octetsOf(size: number, salt: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, at) => 33 + ((at + salt) % 90)));
}

test("an entry that ends at every octet around a slab's end is whole, and in its place", () => {
  const slabBytes = 8192;
  for (let size = slabBytes / 2 - 300; size < slabBytes / 2 + 20; size += 1) {
    const tape = new TestTape(new VirtualClock(), { slabBytes });
    const call = tape.writer.open(headOf("a"));
    for (let seq = 1; seq <= 5; seq += 1)
      tape.writer.message(stampOf(call, seq), "udp:x", octetsOf(size, seq));
    tape.writer.event(stampOf(call, 6), { type: "key", leg: "A", way: "info" });
    tape.writer.close(stampOf(call, 7), END);
    const [record] = tape.records;
    assert.deepEqual(
      record?.sip.map(({ seq, text }) => [seq, text]),
      [1, 2, 3, 4, 5].map((seq) => [seq, octetsOf(size, seq).toString()]),
    );
    assert.deepEqual([record?.story.length, tape.writer.dropped.entries], [1, 0]);
  }
});

test("what generated calls write at the same time is read as it was written, call by call and by number", () => {
  const one = fc.oneof(
    fc.record({ call: fc.nat(4), size: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ call: fc.nat(4), text: fc.string({ unit: "grapheme", maxLength: 200 }) }),
    fc.constant("flush" as const),
  );
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 120 }),
      fc.integer({ min: 4500, max: 20_000 }),
      (all, slabBytes) => {
        const tape = new TestTape(new VirtualClock(), { slabBytes, maxSlabs: 1000 });
        const calls = [0, 1, 2, 3, 4].map((index) => tape.writer.open(headOf(`call ${index}`)));
        const seqs = [0, 0, 0, 0, 0];
        const written: unknown[][] = [[], [], [], [], []];
        for (const step of all) {
          if (step === "flush") {
            tape.writer.flush();
            continue;
          }
          const seq = (seqs[step.call] = (seqs[step.call] ?? 0) + 1);
          const stamp = stampOf(calls[step.call] ?? 0, seq);
          if ("size" in step) {
            tape.writer.message(stamp, "tls:[::1]:5061", octetsOf(step.size, seq));
            const [leg, direction] = [seq % 3 === 0 ? "A" : `B${seq % 3}`, seq % 2 === 0 ? "out" : "in"];
            written[step.call]?.push([seq, seq / 100, leg, direction, octetsOf(step.size, seq).toString()]);
          } else {
            tape.writer.event(stamp, { type: "note", leg: "A", text: step.text });
            written[step.call]?.push([seq, seq / 100, step.text]);
          }
        }
        for (const [index, call] of calls.entries())
          tape.writer.close(stampOf(call, (seqs[index] ?? 0) + 1), END);
        const read = tape.records.map((record) =>
          timeline(record).map((entry) => {
            if (entry.type === "sip") return [entry.seq, entry.atMs, entry.leg, entry.direction, entry.text];
            return [entry.seq, entry.atMs, entry.type === "note" ? entry.text : ""];
          }),
        );
        assert.deepEqual(read, written);
        assert.ok(tape.records.every(({ callerName }) => callerName === "Zoë 📞"));
      },
    ),
    { numRuns: 300 },
  );
});

test("a portion leaves after 400 ms, after 150 ms while somebody reads, and at once when its slab is full", () => {
  const clock = new VirtualClock();
  const at: number[] = [];
  const writer = new SlabWriter(clock, () => void at.push(clock.now()), { ...SLAB_LIMITS, slabBytes: 8192 });
  const call = writer.open(headOf("a"));
  const write = (size: number): void => writer.message(stampOf(call, 1), "udp:x", octetsOf(size, 0));
  const began = clock.now();
  write(10);
  clock.advance(399);
  assert.deepEqual(at, []);
  clock.advance(1);
  writer.pace(true);
  write(10);
  clock.advance(150);
  write(7000);
  assert.deepEqual(
    at.map((time) => time - began),
    [400, 550],
  );
  write(7000);
  assert.equal(at.length, 3);
  writer.pace(false);
});

test("F3: with nobody to settle, a bounded number of slabs fills, what is dropped is counted, and it goes on afterwards", () => {
  const clock = new VirtualClock();
  const portions: Portion[] = [];
  const writer = new SlabWriter(clock, (portion) => void portions.push(portion), {
    ...SLAB_LIMITS,
    slabBytes: 8192,
    maxSlabs: 3,
  });
  const early = writer.open(headOf("early"));
  for (let seq = 1; seq <= 100; seq += 1) writer.message(stampOf(early, seq), "udp:x", octetsOf(1000, seq));
  const late = writer.open(headOf("late"));
  writer.message(stampOf(late, 1), "udp:x", octetsOf(1000, 1));
  writer.close(stampOf(early, 101), END);
  assert.equal(writer.bytes, 3 * 8192);
  // Seven messages of a thousand octets fit into a slab; the begin of the late call does not. The end waits for room.
  assert.deepEqual(writer.dropped, { entries: 100 - 3 * 7 + 1, records: 0 });
  assert.deepEqual(
    writer.openCalls.map(({ head }) => head.id),
    ["early", "late"],
  );
  const keeper = keeping(writer, portions);
  keeper.take();
  // There is room again: the call whose beginning was dropped is told of with what comes now.
  writer.message(stampOf(late, 2), "udp:x", octetsOf(10, 2));
  writer.close(stampOf(late, 3), END);
  writer.flush();
  keeper.take();
  const told = [...keeper.traces].map(([id, trace]) => {
    const [left] = decodeTrace(trace).story;
    return [id, left?.type === "leftOut" && [left.seq, left.entries, left.why]];
  });
  assert.deepEqual(told, [
    ["early", [22, 79, "noRoom"]],
    ["late", [1, 1, "noRoom"]],
  ]);
  assert.deepEqual([keeper.up.list(), writer.openCalls, writer.records], [[], [], 0]);
});

test("F3: an end that no slab has room for is dropped and counted, and holds no other end back", () => {
  const portions: Portion[] = [];
  const limits = { ...SLAB_LIMITS, slabBytes: 8192, maxSlabs: 1 };
  const writer = new SlabWriter(new VirtualClock(), (portion) => void portions.push(portion), limits);
  const [large, small] = [writer.open(headOf("large")), writer.open(headOf("small"))];
  for (const call of [large, small]) writer.message(stampOf(call, 1), "udp:x", octetsOf(3800, 1));
  writer.close(stampOf(large, 2), { ...END, reason: "x".repeat(9000) });
  writer.close(stampOf(small, 2), { ...END, reason: "x".repeat(1000) });
  assert.deepEqual([writer.dropped, writer.records], [{ entries: 1, records: 1 }, 1]);
  writer.flush();
  writer.settle(1);
  assert.deepEqual([portions.length, writer.openCalls, writer.records], [2, [], 1]);
  writer.settle(2);
  assert.equal(writer.records, 0);
});

/** Whoever keeps what is handed over: whole and at once, so that all of it is settled. */
function keeping(writer: SlabWriter, portions: Portion[]) {
  const up = new UpCalls(() => maskNothing);
  const traces = new Map<string, Uint8Array>();
  let nowMs = 0;
  return {
    up,
    /** By call. */
    traces,
    take(): void {
      for (const portion of portions.splice(0)) up.take(portion, nowMs);
      nowMs += SPILL_AFTER_MS;
      const jobs = up.jobs(nowMs, Number.POSITIVE_INFINITY);
      for (const { row } of jobs)
        traces.set(row.id, Buffer.concat([traces.get(row.id) ?? new Uint8Array(0), row.trace]));
      up.written(jobs);
      writer.settle(up.settled);
    },
  };
}

test("F3: however little room there is, no call stays up that is over, and each record says what it is without", () => {
  const one = fc.record({ call: fc.nat(3), size: fc.integer({ min: 0, max: 4000 }), settles: fc.boolean() });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 150 }), fc.integer({ min: 2, max: 5 }), (all, maxSlabs) => {
      const portions: Portion[] = [];
      const limits = { ...SLAB_LIMITS, slabBytes: 8192, maxSlabs };
      const writer = new SlabWriter(new VirtualClock(), (portion) => void portions.push(portion), limits);
      const { take, up, traces } = keeping(writer, portions);
      const settle = (): void => {
        writer.flush();
        take();
      };
      const calls = [0, 1, 2, 3].map((index) => writer.open(headOf(`call ${index}`)));
      const seqs = [0, 0, 0, 0];
      const next = (call: number): Stamp => stampOf(calls[call] ?? 0, (seqs[call] = (seqs[call] ?? 0) + 1));
      for (const { call, size, settles } of all) {
        writer.message(next(call), "udp:x", octetsOf(size, 0));
        if (settles) settle();
      }
      for (const call of calls.keys()) writer.close(next(call), END);
      // What waited for room goes out in the second turn.
      for (let turn = 0; turn < 3; turn += 1) settle();
      assert.deepEqual([up.list(), writer.openCalls, writer.records], [[], [], 0]);
      assert.equal(traces.size, calls.length - writer.dropped.records);
      for (const [id, trace] of traces) {
        const entries = timeline(decodeTrace(trace));
        let expected = 1;
        for (const entry of entries) {
          assert.equal(entry.seq, expected);
          expected += entry.type === "leftOut" ? entry.entries : 1;
        }
        assert.equal(expected, seqs[Number(id.slice(-1))], "all but the end");
      }
    }),
    { numRuns: 300 },
  );
});

test("E8: a keeper that begins anew gets what is not settled again, and which calls are up", () => {
  const clock = new VirtualClock();
  const portions: Portion[] = [];
  const writer = new SlabWriter(clock, (portion) => void portions.push(portion));
  const call = writer.open(headOf("a"));
  writer.message(stampOf(call, 1), "udp:x", octetsOf(10, 1));
  writer.event({ ...stampOf(call, 1), atMs: 700 }, { type: "answered", leg: "B1", target: "215" });
  writer.flush();
  writer.settle(1);
  writer.message(stampOf(call, 2), "udp:x", octetsOf(10, 2));
  writer.flush();
  portions.length = 0;
  const up = new UpCalls(() => maskNothing);
  up.restore(writer.openCalls);
  const [still] = up.list();
  assert.deepEqual(
    [still?.missed, still?.answeredBy, (still?.answeredAt ?? 0) - (still?.startedAt ?? 0)],
    [false, "215", 700],
    "who answered is known although that is settled",
  );
  writer.resend();
  writer.close(stampOf(call, 3), END);
  writer.flush();
  for (const portion of [...portions, ...portions]) up.take(portion, 0);
  const [job, other] = up.jobs(0, 10);
  assert.deepEqual([job?.row.id, job?.row.result, job?.since, other], ["a", "completed", 2, undefined]);
  assert.equal((job?.row.answeredAt ?? 0) - (job?.row.startedAt ?? 0), 700);
  assert.equal(up.settled, 1);
  up.written([job].flatMap((one) => one ?? []));
  assert.equal(up.settled, 3);
});

test("memory is handed over once a slab, and again to a keeper that begins anew; in a burst with each portion", () => {
  const portions: Portion[] = [];
  const hand = (portion: Portion): void => void portions.push(portion);
  const writer = new SlabWriter(new VirtualClock(), hand, { ...SLAB_LIMITS, slabBytes: 8192, maxSlabs: 40 });
  const call = writer.open(headOf("a"));
  let seq = 0;
  const write = (): void => {
    writer.message(stampOf(call, ++seq), "udp:x", octetsOf(3000, seq));
    writer.flush();
  };
  const handed = (): unknown[] => portions.splice(0).map(({ slab, memory }) => [slab, memory !== undefined]);
  for (let nth = 0; nth < 4; nth += 1) write();
  assert.deepEqual(handed(), [
    [0, true],
    [0, false],
    [1, true],
    [1, false],
  ]);
  writer.resend();
  assert.deepEqual(
    handed(),
    [0, 0, 1, 1].map((slab) => [slab, true]),
  );
  writer.settle(4);
  for (let nth = 0; nth < 3; nth += 1) write();
  assert.deepEqual(handed(), [
    [1, false],
    [1, false],
    [0, false],
  ]);
  while (writer.bytes < 40 * 8192) write();
  assert.deepEqual(handed().at(-1), [undefined, true]);
});
