import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import type { Clock } from "../../runtime/clock.ts";
import { Pacer } from "./pacer.ts";

function ticks(clock: Clock, pacer: Pacer, most = Number.POSITIVE_INFINITY): number[] {
  const at: number[] = [];
  pacer.add({
    tick() {
      at.push(clock.now());
      return at.length < most;
    },
  });
  return at;
}

test("a turn each 20 ms, the first at once, and no timer behind the last", () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  const at = ticks(clock, pacer, 4);
  clock.advance(1000);
  assert.deepEqual(at, [0, 20, 40, 60]);
  assert.deepEqual([pacer.size, clock.pending], [0, 0]);
});

test("many are spread over the 20 ms, each on a grid of its own", () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  const all = Array.from({ length: 8 }, () => ticks(clock, pacer));
  clock.advance(200);
  const firsts = all.map(([first]) => first).sort((a = 0, b = 0) => a - b);
  assert.deepEqual(firsts, [0, 0, 5, 5, 10, 10, 15, 15]);
  for (const at of all) assert.ok(at.every((time, n) => time === (at[0] as number) + n * 20));
});

/** Fires every timer late. */
function lateClock(clock: VirtualClock, lateMs: () => number): Clock {
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    after: (delayMs, fire) => clock.after(delayMs + lateMs(), fire),
  };
}

test("timers that fire late do not add up, and a stall is made up for", () => {
  const clock = new VirtualClock();
  let late = 3;
  const pacer = new Pacer(lateClock(clock, () => late));
  const at = ticks(clock, pacer);
  clock.advance(10_000);
  assert.ok(Math.abs(at.length - 500) <= 1, `${at.length} turns in 10 s`);
  assert.ok(at.every((time, n) => time - n * 20 <= 5));
  late = 90;
  clock.advance(30);
  late = 3;
  clock.advance(1000);
  assert.ok(Math.abs(at.length - 551) <= 1, `${at.length} turns`);
});

test("a long stall is not made up for: nobody gets a burst", () => {
  const clock = new VirtualClock();
  let late = 0;
  const pacer = new Pacer(lateClock(clock, () => late));
  const at = ticks(clock, pacer);
  clock.advance(100);
  const before = at.length;
  late = 5000;
  clock.advance(25);
  late = 0;
  clock.advance(5000);
  assert.ok(at.length - before < 20, `${at.length - before} turns at once`);
});

test("who is removed, also by itself during a turn, gets no more; adding twice is once", () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock);
  let count = 0;
  const paced = {
    tick() {
      count += 1;
      if (count === 3) pacer.remove(paced);
      return true;
    },
  };
  pacer.add(paced);
  pacer.add(paced);
  clock.advance(500);
  assert.deepEqual([count, pacer.size, clock.pending], [3, 0, 0]);
});
