import assert from "node:assert/strict";
import { test } from "node:test";
import { hoursOfDay, midnight, readZonedTime } from "./zoned-time.ts";

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

/** At what hours of UTC those of a day begin: the first few, and how many there are. */
const hoursAt = (iso: string, zone: string, first: number): readonly string[] =>
  hoursOfDay(Date.parse(iso), zone)
    .slice(0, first)
    .map((at) => new Date(at).toISOString().slice(5, 16));

test("a day begins where its clocks are, also when they were changed since", () => {
  for (const [iso, zone, began] of [
    ["2026-11-29T11:00:00.123Z", "Europe/Amsterdam", "2026-11-28T23:00:00.000Z"],
    ["2026-11-29T11:00:00.123Z", "UTC", "2026-11-29T00:00:00.000Z"],
    ["2026-11-29T03:00:00Z", "America/New_York", "2026-11-28T05:00:00.000Z"],
    ["2026-03-29T08:30:00Z", "Europe/Amsterdam", "2026-03-28T23:00:00.000Z"],
    ["2026-10-25T22:30:00Z", "Europe/Amsterdam", "2026-10-24T22:00:00.000Z"],
  ] as const)
    assert.equal(new Date(midnight(Date.parse(iso), zone)).toISOString(), began, `${iso} ${zone}`);
});

test("the hours of a day are those of its clocks: one left out lasts no time, one shown twice lasts two hours", () => {
  const [spring, autumn] = ["2026-03-29T08:30:00Z", "2026-10-25T22:30:00Z"];
  assert.deepEqual(hoursAt(spring, "Europe/Amsterdam", 5), [
    "03-28T23:00",
    "03-29T00:00",
    "03-29T01:00",
    "03-29T01:00",
    "03-29T02:00",
  ]);
  assert.deepEqual(hoursAt(autumn, "Europe/Amsterdam", 5), [
    "10-24T22:00",
    "10-24T23:00",
    "10-25T00:00",
    "10-25T02:00",
    "10-25T03:00",
  ]);
  assert.equal(hoursAt(autumn, "Europe/Amsterdam", 24).at(-1), "10-25T22:00");
});
