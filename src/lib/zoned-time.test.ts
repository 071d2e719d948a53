import assert from "node:assert/strict";
import { test } from "node:test";
import { readZonedTime } from "./zoned-time.ts";

for (const [text, zone, iso] of [
  ["2026-12-25T10:00", "Europe/Amsterdam", "2026-12-25T09:00:00.000Z"],
  ["2026-07-25T10:00:30", "Europe/Amsterdam", "2026-07-25T08:00:30.000Z"],
  ["2026-12-25T10:00", "America/New_York", "2026-12-25T15:00:00.000Z"],
  ["2026-12-25T00:30", "Pacific/Auckland", "2026-12-24T11:30:00.000Z"],
  ["2026-12-25T10:00", "Asia/Kathmandu", "2026-12-25T04:15:00.000Z"],
  ["2026-12-25T10:00Z", "America/New_York", "2026-12-25T10:00:00.000Z"],
  ["2026-12-25T10:00+05:30", "America/New_York", "2026-12-25T04:30:00.000Z"],
  // Clocks go from 2:00 to 3:00 on 29 March, and from 3:00 to 2:00 on 25 October.
  ["2026-03-29T01:59", "Europe/Amsterdam", "2026-03-29T00:59:00.000Z"],
  ["2026-03-29T02:30", "Europe/Amsterdam", "2026-03-29T01:30:00.000Z"],
  ["2026-03-29T03:00", "Europe/Amsterdam", "2026-03-29T01:00:00.000Z"],
  ["2026-10-25T02:30", "Europe/Amsterdam", "2026-10-25T00:30:00.000Z"],
  ["2026-10-25T03:00", "Europe/Amsterdam", "2026-10-25T02:00:00.000Z"],
  ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ["2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
] as const) {
  test(`${text} in ${zone} is ${iso}`, () =>
    assert.equal(new Date(readZonedTime(text, zone) ?? 0).toISOString(), iso));
}

for (const text of [
  "noon",
  "2026-12-25",
  "2026-13-25T10:00",
  "2026-02-30T10:00",
  "2026-12-25T25:00",
  "1969-12-25T10:00",
  "2026-12-25T10:00 CET",
]) {
  test(`"${text}" is no time`, () => assert.equal(readZonedTime(text, "Europe/Amsterdam"), undefined));
}
