import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness, strongestFrequencies } from "./spectrum.ts";

function sines(ms: number, ...parts: readonly (readonly [hz: number, amplitude: number])[]): Int16Array {
  return Int16Array.from({ length: ms * 8 }, (_, n) =>
    Math.round(
      parts.reduce((sum, [hz, amplitude]) => sum + amplitude * Math.sin((2 * Math.PI * hz * n) / 8000), 0),
    ),
  );
}

test("a tone is found to 5 Hz, however long it lasts", () => {
  for (const hz of [200, 425, 697, 1004, 3333])
    for (const ms of [100, 150, 400, 1000, 5000]) {
      const [peak, ...others] = strongestFrequencies(sines(ms, [hz, 8000]), 2);
      assert.ok(peak !== undefined && Math.abs(peak.hz - hz) <= 5, `${hz} Hz of ${ms} ms: ${peak?.hz}`);
      assert.ok(Math.abs(peak.amplitude - 8000) < 800, `${peak.amplitude}`);
      assert.equal(others.length, 0);
    }
});

test("two tones are two, the stronger first", () => {
  const found = strongestFrequencies(sines(200, [500, 2000], [1500, 6000]), 4);
  assert.deepEqual(
    found.map(({ hz }) => hz),
    [1500, 500],
  );
});

test("silence has no frequency and no loudness", () => {
  assert.deepEqual(strongestFrequencies(new Int16Array(800), 3), []);
  assert.deepEqual(strongestFrequencies(new Int16Array(0), 3), []);
  assert.deepEqual([loudness(new Int16Array(800)), loudness(new Int16Array(0))], [0, 0]);
  assert.ok(Math.abs(loudness(sines(100, [1000, 8000])) - 8000 / Math.SQRT2) < 50);
});
