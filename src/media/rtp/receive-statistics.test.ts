import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ReceiveStatistics } from "./receive-statistics.ts";

const SSRC = 77;

/** Packets of 20 ms by sequence number, each on time. */
function fed(sequences: readonly number[], start = 0): ReceiveStatistics {
  const statistics = new ReceiveStatistics(8000);
  for (const [n, sequence] of sequences.entries())
    statistics.update(SSRC, sequence & 0xffff, (sequence * 160) >>> 0, start + n * 20);
  return statistics;
}

test("nothing came: nothing is reported", () => {
  const statistics = new ReceiveStatistics(8000);
  assert.deepEqual([statistics.received, statistics.lost, statistics.report(0)], [0, 0, undefined]);
});

test("lost packets are counted across the end of the numbers", () => {
  const statistics = fed([65533, 65534, 65536, 65537, 65540]);
  assert.deepEqual([statistics.received, statistics.lost], [5, 3]);
  const report = statistics.report(100);
  assert.equal(report?.highestSequence, 0x10004);
  assert.equal(report?.cumulativeLost, 3);
  assert.equal(report?.fractionLost, Math.floor((3 * 256) / 8));
  assert.equal(statistics.report(200)?.fractionLost, 0, "a new interval");
});

test("reordered packets are not lost, duplicates hide nothing below zero", () => {
  assert.equal(fed([1, 3, 2, 5, 4]).lost, 0);
  const twice = fed([1, 1, 2, 2]);
  assert.equal(twice.lost, 0);
  assert.equal(twice.report(0)?.cumulativeLost, -2);
});

test("any subset of a stream, in any order within reach, is counted exactly", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.array(fc.boolean(), { maxLength: 300 }),
      (first, kept) => {
        const sequences = [first, ...kept.flatMap((keep, n) => (keep ? [first + 1 + n] : []))];
        const last = Math.max(...sequences);
        const statistics = fed(sequences);
        assert.equal(statistics.received, sequences.length);
        assert.equal(statistics.lost, last - first + 1 - sequences.length);
      },
    ),
  );
});

test("one stray number is no loss; two in a row are a sender that began anew", () => {
  const stray = fed([10, 11, 40_000, 12, 13]);
  assert.deepEqual([stray.received, stray.lost], [4, 0]);
  const anew = fed([10, 11, 40_000, 40_001, 40_002]);
  assert.deepEqual([anew.received, anew.lost], [4, 0]);
});

test("a new SSRC keeps what was lost before", () => {
  const statistics = fed([1, 2, 5]);
  statistics.update(SSRC + 1, 700, 0, 100);
  statistics.update(SSRC + 1, 702, 320, 140);
  assert.deepEqual([statistics.received, statistics.lost], [5, 3]);
  assert.equal(statistics.report(0)?.ssrc, SSRC + 1);
});

test("jitter as RFC 3550 §A.8 computes it", () => {
  assert.equal(fed(Array.from({ length: 50 }, (_, n) => n)).jitterMs, 0);
  const statistics = new ReceiveStatistics(8000);
  // Every other packet comes 10 ms late: the difference is 10 ms each time, towards which the average runs.
  for (let n = 0; n < 400; n++) statistics.update(SSRC, n, n * 160, n * 20 + (n % 2) * 10);
  assert.ok(Math.abs(statistics.jitterMs - 10) < 0.1, `${statistics.jitterMs} ms`);
});

test("the last sender report and its age are in the block", () => {
  const statistics = fed([1, 2]);
  statistics.noteSenderReport(0xabcd1234, 1000);
  const report = statistics.report(3000);
  assert.deepEqual([report?.lastReport, report?.delaySinceLastReport], [0xabcd1234, 2 * 65536]);
});
