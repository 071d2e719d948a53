import assert from "node:assert/strict";
import { test } from "node:test";
import { Counted } from "./counted.ts";

function setUp() {
  const time = { now: 1_000_000 };
  const counted = new Counted<number>(
    () => time.now,
    (rows) => rows,
  );
  const asked: number[] = [];
  const ask = (rows: number) =>
    counted.of("all", async () => {
      asked.push(rows);
      return rows;
    });
  return { time, counted, asked, ask };
}

test("a few are counted each time", async () => {
  const { ask } = setUp();
  assert.deepEqual([await ask(998), await ask(999)], [998, 999]);
});

test("many are counted once a second, and when the clock has been set back", async () => {
  const { ask, time } = setUp();
  assert.deepEqual([await ask(1000), await ask(1001)], [1000, 1000]);
  time.now += 999;
  assert.equal(await ask(1002), 1000);
  time.now += 1;
  assert.equal(await ask(1003), 1003);
  time.now -= 86_400_000;
  assert.equal(await ask(1004), 1004);
});

test("the more there are the longer a count stands, and 10 s at the most", async () => {
  for (const [rows, stands] of [
    [1_000, 1_000],
    [6_000, 3_000],
    [1_000_000, 10_000],
  ] as const) {
    const { ask, time } = setUp();
    await ask(rows);
    time.now += stands - 1;
    assert.equal(await ask(rows + 1), rows);
    time.now += 1;
    assert.equal(await ask(rows + 1), rows + 1);
  }
});

test("who asks while it is counted waits for that; each key for itself", async () => {
  const { ask, asked, counted } = setUp();
  assert.deepEqual(await Promise.all([ask(1), ask(2), counted.of("other", async () => 3)]), [1, 1, 3]);
  assert.deepEqual(asked, [1]);
});

test("a count that failed is not kept", async () => {
  const { ask, counted } = setUp();
  await assert.rejects(
    counted.of("all", () => Promise.reject(new Error("locked"))),
    /locked/,
  );
  assert.equal(await ask(5), 5);
});
