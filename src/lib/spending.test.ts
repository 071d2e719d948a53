import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Allowance, Spending } from "./spending.ts";

/** How many of so many expenses of 1 are within the allowance. */
function granted(spending: Spending, allowance: Allowance, count: number, now: number): number {
  let within = 0;
  for (let at = 0; at < count; at += 1) if (spending.within(allowance, 1, now)) within += 1;
  return within;
}

describe("an allowance for each window", () => {
  const allowance = { units: 10, windowMs: 100 };

  test("nothing is saved, however long nothing came", () => {
    const spending = new Spending();
    assert.equal(granted(spending, allowance, 30, 5_000), 10);
    assert.equal(granted(spending, allowance, 30, 5_099), 0);
    assert.equal(granted(spending, allowance, 30, 5_100), 10);
    assert.equal(granted(spending, allowance, 30, 60_000), 10);
  });

  test("what is refused is counted, and forgotten with its window", () => {
    const spending = new Spending();
    granted(spending, allowance, 30, 0);
    assert.equal(spending.spent, 30);
    assert.equal(granted(spending, allowance, 1, 100), 1);
    assert.equal(spending.spent, 1);
  });
});

describe("an allowance that saves", () => {
  const allowance = { units: 10, windowMs: 100, savedWindows: 2 };

  test("who sent nothing has three windows' worth at once, and no more", () => {
    const spending = new Spending();
    assert.equal(granted(spending, allowance, 100, 0), 30);
    assert.equal(granted(spending, allowance, 100, 100), 10, "nothing is left of what was saved");
    assert.equal(granted(spending, allowance, 100, 3_600_000), 30);
  });

  test("a sender that keeps its rate loses nothing when we read nothing for 0.3 s", () => {
    const spending = new Spending();
    granted(spending, allowance, 30, 0);
    for (let now = 100; now < 1_000; now += 100) assert.equal(granted(spending, allowance, 10, now), 10);
    assert.equal(granted(spending, allowance, 30, 1_200), 30);
    assert.equal(granted(spending, allowance, 10, 1_300), 10);
  });

  test("a part of a window is saved too", () => {
    const spending = new Spending();
    granted(spending, allowance, 30, 0);
    assert.equal(granted(spending, allowance, 4, 100), 4);
    assert.equal(granted(spending, allowance, 100, 200), 16);
  });

  test("a sender that never stops gets no more than the allowance of each window, after what it had saved", () => {
    const spending = new Spending();
    let within = 0;
    for (let now = 0; now < 10_000; now += 1) within += granted(spending, allowance, 5, now);
    assert.equal(within, 20 + 100 * 10);
  });
});
