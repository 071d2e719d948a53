import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "./virtual-clock.ts";

test("timers fire in order of time, then of setting, each at its own time", () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
  clock.after(30, note("c"));
  clock.after(10, note("a"));
  clock.after(10, () => {
    note("b")();
    clock.after(5, note("nested"));
  });
  clock.after(31, note("later"));
  assert.equal(clock.pending, 4);
  clock.advance(30);
  assert.deepEqual(seen, ["a@10", "b@10", "nested@15", "c@30"]);
  assert.equal(clock.now(), 30);
  assert.equal(clock.pending, 1);
});

test("a cancelled timer never fires, and cancelling twice counts once", () => {
  const clock = new VirtualClock();
  let fired = 0;
  const timer = clock.after(10, () => fired++);
  clock.after(20, () => fired++);
  timer.cancel();
  timer.cancel();
  assert.equal(clock.pending, 1);
  clock.advance(100);
  timer.cancel();
  assert.equal(fired, 1);
  assert.equal(clock.pending, 0);
});

test("runUntil stops at the first instant at which the predicate holds", () => {
  const clock = new VirtualClock();
  let n = 0;
  const tick = () => {
    n++;
    clock.after(10, tick);
  };
  clock.after(10, tick);
  assert.equal(
    clock.runUntil(() => n === 3, 1000),
    true,
  );
  assert.equal(clock.now(), 30);
  assert.equal(
    clock.runUntil(() => n === 100, 50),
    false,
  );
  assert.equal(clock.now(), 80);
});

test("the async form lets a chain of awaits go on between timers", async () => {
  const clock = new VirtualClock();
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const at: number[] = [];
  const chain = (async () => {
    for (let i = 0; i < 3; i++) {
      await sleep(10);
      at.push(clock.now());
    }
  })();
  await clock.advanceAsync(100);
  await chain;
  assert.deepEqual(at, [10, 20, 30]);
  assert.equal(await clock.runUntilAsync(() => at.length === 3, 0), true);
});

test("the wall clock can jump without touching intervals", () => {
  const clock = new VirtualClock();
  const wall = clock.wall();
  clock.jumpWall(-3_600_000);
  clock.advance(1000);
  assert.equal(clock.now(), 1000);
  assert.equal(clock.wall(), wall - 3_600_000 + 1000);
});
