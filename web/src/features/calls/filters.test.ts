import assert from "node:assert/strict";
import { test } from "node:test";
import { asAsked } from "./filters.ts";

/** The bounds of a filter of days, as moments. */
function bounds(from: string, to: string, zone: string): readonly (string | undefined)[] {
  const asked = asAsked({ from, to }, zone);
  return [asked["from"], asked["to"]].map((at) =>
    at === undefined ? undefined : new Date(Number(at)).toISOString().slice(0, 16),
  );
}

test("days of a filter are the company's, also when its clocks change", () => {
  for (const [from, to, zone, first, end] of [
    ["2026-11-30", "2026-11-30", "Europe/Amsterdam", "2026-11-29T23:00", "2026-11-30T23:00"],
    ["2026-11-30", "2026-12-31", "America/New_York", "2026-11-30T05:00", "2027-01-01T05:00"],
    ["2026-03-29", "2026-03-29", "Europe/Amsterdam", "2026-03-28T23:00", "2026-03-29T22:00"],
    ["2026-10-25", "2026-10-25", "Europe/Amsterdam", "2026-10-24T22:00", "2026-10-25T23:00"],
    // Its clocks go from midnight to one.
    ["2026-04-24", "2026-04-23", "Africa/Cairo", "2026-04-23T22:00", "2026-04-23T22:00"],
  ] as const)
    assert.deepEqual(bounds(from, to, zone), [first, end], `${from} to ${to}, ${zone}`);
});

test("what is no day filters nothing, and the other filters stay", () => {
  assert.deepEqual(bounds("2026-02-31", "soon", "UTC"), [undefined, undefined]);
  assert.deepEqual(asAsked({ q: "Jansen" }, "UTC"), { q: "Jansen", from: undefined, to: undefined });
});
