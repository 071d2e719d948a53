import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { BatchQueue } from "./batch-queue.ts";

const LIMITS = { maxEntries: 10, maxBytes: 1000, batchEntries: 4, flushMs: 100, retryMs: 1000 };

function queueOf(limits = LIMITS) {
  const clock = new VirtualClock();
  const sent: (readonly [batch: number, entries: readonly string[]])[] = [];
  const queue = new BatchQueue<string>(
    clock,
    (batch, entries) => sent.push([batch, [...entries]]),
    (text) => text.length,
    limits,
  );
  return { clock, sent, queue };
}

test("a batch leaves when it is old enough", () => {
  const { clock, sent, queue } = queueOf();
  queue.put("a");
  queue.put("b");
  clock.advance(99);
  assert.deepEqual(sent, []);
  clock.advance(1);
  assert.deepEqual(sent, [[1, ["a", "b"]]]);
});

test("a batch leaves when it is long enough, and the next only after it is on disk", () => {
  const { clock, sent, queue } = queueOf();
  for (const entry of "abcdefg") queue.put(entry);
  clock.advance(5000);
  assert.deepEqual(sent, [[1, ["a", "b", "c", "d"]]]);
  assert.equal(queue.length, 7);
  queue.settle(1, true);
  assert.deepEqual(sent[1], [2, ["e", "f", "g"]]);
  queue.settle(2, true);
  assert.equal(queue.length, 0);
  assert.equal(clock.pending, 0);
});

test("a batch that could not be written is sent again, and nothing overtakes it", () => {
  const { clock, sent, queue } = queueOf();
  for (const entry of "abcde") queue.put(entry);
  queue.settle(1, false);
  clock.advance(999);
  assert.equal(sent.length, 1);
  clock.advance(1);
  assert.deepEqual(sent[1], [2, ["a", "b", "c", "d"]]);
  // The late answer to the first try is not one to the second.
  queue.settle(1, true);
  assert.equal(queue.length, 5);
  queue.settle(2, true);
  assert.deepEqual(sent[2], [3, ["e"]]);
});

test("when it is full the oldest are dropped and counted, by number and by size", () => {
  const { sent, queue } = queueOf();
  for (let index = 0; index < 25; index++) queue.put(`${index}`);
  // Four fly; of the other 21 the last six fit.
  assert.equal(queue.length, 10);
  assert.equal(queue.dropped, 15);
  queue.settle(1, true);
  assert.deepEqual(sent[1]?.[1], ["19", "20", "21", "22"]);
  const big = queueOf();
  for (let index = 0; index < 4; index++) big.queue.put("x".repeat(300));
  assert.equal(big.queue.dropped, 1);
  big.queue.put("x".repeat(5000));
  assert.equal(big.queue.length, 0);
  assert.equal(big.queue.dropped, 5);
});

test("drained resolves when everything is on disk, however long that takes", async () => {
  const { clock, sent, queue } = queueOf();
  await queue.drained();
  for (const entry of "abcdef") queue.put(entry);
  let done = false;
  const drained = queue.drained().then(() => (done = true));
  queue.settle(1, false);
  await clock.advanceAsync(1000);
  queue.settle(2, true);
  await clock.advanceAsync(0);
  assert.equal(done, false);
  queue.settle(3, true);
  await drained;
  assert.deepEqual(
    sent.map(([, entries]) => entries.join("")),
    ["abcd", "abcd", "ef"],
  );
});

test("whatever fails, every entry that was not dropped arrives, in order", () => {
  const event = fc.oneof(
    fc.constant("put"),
    fc.constant("ok"),
    fc.constant("fail"),
    fc.constant("restart"),
    fc.constant("wait"),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const { clock, sent, queue } = queueOf();
      const arrived: number[] = [];
      let count = 0;
      const settle = (stored: boolean): void => {
        const last = sent.at(-1);
        if (last === undefined) return;
        const before = queue.length;
        queue.settle(last[0], stored);
        if (queue.length < before) arrived.push(...last[1].map(Number));
      };
      for (const name of events) {
        if (name === "put") queue.put(String(count++));
        else if (name === "wait") clock.advance(500);
        else if (name === "restart") queue.resend();
        else settle(name === "ok");
        assert.ok(queue.length <= LIMITS.maxEntries);
      }
      for (let round = 0; queue.length > 0 && round < 100; round++) {
        clock.advance(2000);
        settle(true);
      }
      assert.equal(queue.length, 0);
      assert.equal(arrived.length + queue.dropped, count);
      assert.deepEqual(
        arrived,
        [...arrived].sort((a, b) => a - b),
      );
    }),
  );
});
