import assert from "node:assert/strict";
import { test } from "node:test";
import { createCounters } from "./counters.ts";

test("counters add up, by one or by more, and start at zero", () => {
  const counters = createCounters();
  assert.equal(counters.get("calls"), 0);
  counters.add("calls");
  counters.add("calls", 4);
  assert.equal(counters.get("calls"), 5);
});

test("a snapshot is ordered by name and does not change afterwards", () => {
  const counters = createCounters();
  counters.add('b{reason="x"}');
  counters.add("a", 2);
  const before = counters.snapshot();
  counters.add("a");
  assert.deepEqual(Object.entries(before), [
    ["a", 2],
    ['b{reason="x"}', 1],
  ]);
});

test("names that JavaScript knows are counters like others", () => {
  const counters = createCounters();
  counters.add("__proto__");
  counters.add("constructor");
  assert.equal(counters.get("toString"), 0);
  assert.deepEqual(Object.keys(counters.snapshot()), ["__proto__", "constructor"]);
});
