import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "./histogram.ts";

test("percentiles are those of the sorted list, rounded up to a step", () => {
  const histogram = new Histogram();
  for (let ms = 100; ms >= 1; ms--) histogram.add(ms);
  assert.ok(Math.abs(histogram.percentile(50) - 50.01) < 1e-9);
  assert.ok(Math.abs(histogram.percentile(99) - 99.01) < 1e-9);
  assert.deepEqual([histogram.percentile(100), histogram.max, histogram.count], [100, 100, 100]);
});

test("what is out of range counts at its end", () => {
  const histogram = new Histogram();
  histogram.add(-3);
  histogram.add(5000);
  assert.equal(histogram.percentile(50), 0.01);
  assert.equal(histogram.percentile(100), 2000);
  assert.equal(histogram.max, 5000);
});

test("nothing has no percentile", () => {
  assert.ok(Number.isNaN(new Histogram().percentile(50)));
  assert.ok(Number.isNaN(new Histogram().max));
});
