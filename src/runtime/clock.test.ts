import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock } from "./clock.ts";

test("timers fire in the order of their time, also those of one delay", async () => {
  const clock = createSystemClock();
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    clock.after(30, () => fired.push("30"));
    clock.after(10, () => fired.push("10 a"));
    clock.after(10, () => fired.push("10 b"));
    clock.after(40, resolve);
  });
  assert.deepEqual(fired, ["10 a", "10 b", "30"]);
});

test("none fires before its time", async () => {
  const clock = createSystemClock();
  const startedAt = clock.now();
  for (const delayMs of [1, 5, 5, 20]) {
    await new Promise<void>((resolve) => clock.after(delayMs, resolve));
  }
  assert.ok(clock.now() - startedAt >= 31);
});

test("a cancelled timer does not fire, twice cancelled either; the ones around it do", async () => {
  const clock = createSystemClock();
  const fired: number[] = [];
  const timers = [0, 1, 2, 3].map((one) => clock.after(10, () => fired.push(one)));
  timers[0]?.cancel();
  timers[2]?.cancel();
  timers[2]?.cancel();
  await new Promise<void>((resolve) => clock.after(15, resolve));
  assert.deepEqual(fired, [1, 3]);
  timers[1]?.cancel();
});

test("a timer may start and cancel others of its delay while it fires", async () => {
  const clock = createSystemClock();
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    clock.after(10, () => {
      fired.push("first");
      second.cancel();
      clock.after(10, () => {
        fired.push("third");
        resolve();
      });
    });
    const second = clock.after(10, () => fired.push("second"));
  });
  assert.deepEqual(fired, ["first", "third"]);
});

test("all cancelled, the next one waits its whole time", async () => {
  const clock = createSystemClock();
  clock.after(20, () => assert.fail("cancelled")).cancel();
  const startedAt = clock.now();
  await new Promise<void>((resolve) => clock.after(20, resolve));
  assert.ok(clock.now() - startedAt >= 20);
});

test("long timers that fall due together wake the process once, none before its time", async () => {
  const clock = createSystemClock();
  const startedAt = clock.now();
  const firedAt: number[] = [];
  const turns = new Set<number>();
  let turn = 0;
  const counting = setInterval(() => turn++, 1);
  await Promise.all(
    [250, 255, 260, 265, 270].map(
      (delayMs, at) =>
        new Promise<void>((resolve) => {
          clock.after(delayMs, () => {
            firedAt[at] = clock.now() - startedAt - delayMs;
            turns.add(turn);
            resolve();
          });
        }),
    ),
  );
  clearInterval(counting);
  assert.ok(firedAt.every((late) => late >= 0));
  // Five timers within 20 ms lie in one slack of 50 ms, or across the border of two.
  assert.ok(turns.size <= 2, `${turns.size} turns`);
});

test("a timer may ask to be exact", async () => {
  const clock = createSystemClock();
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    clock.after(310, () => {
      fired.push("310");
      setImmediate(resolve);
    });
    // With the usual slack both would mostly have one moment, and fire in the order in which they were started.
    clock.after(300, () => fired.push("300"), 1);
  });
  assert.deepEqual(fired, ["300", "310"]);
});

test("many delays and long ones work the same", async () => {
  const clock = createSystemClock();
  const timers = Array.from({ length: 100 }, (_, at) =>
    clock.after(50_000 + at, () => assert.fail("too early")),
  );
  clock.after(3_600_000, () => assert.fail("too early")).cancel();
  await new Promise<void>((resolve) => clock.after(1, resolve));
  for (const timer of timers) timer.cancel();
});
