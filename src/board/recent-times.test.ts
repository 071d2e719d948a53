import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentTimes } from "./recent-times.ts";

test("moments count for the length of the window and no longer", () => {
  const times = new RecentTimes(60_000);
  times.add(0);
  times.add(0);
  times.add(10);
  assert.deepEqual(
    [0, 59_999, 60_000, 60_009, 60_010].map((now) => times.count(now)),
    [3, 3, 1, 1, 0],
  );
});

test("one that is taken back does not count, and one that is forgotten already changes nothing", () => {
  const times = new RecentTimes(100);
  for (const at of [0, 5, 5, 9]) times.add(at);
  times.remove(5);
  assert.equal(times.count(10), 3);
  times.remove(7);
  assert.equal(times.count(10), 3);
  assert.equal(times.count(102), 2);
  times.remove(0);
  assert.equal(times.count(102), 2);
});

test("through many windows, each with more moments than are cut off at once", () => {
  const times = new RecentTimes(1000);
  for (let at = 0; at < 20_000; at++) {
    times.add(at);
    assert.equal(times.count(at), Math.min(at + 1, 1000));
  }
  assert.equal(times.count(30_000), 0);
});
