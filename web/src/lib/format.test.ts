import assert from "node:assert/strict";
import { test } from "node:test";
import i18next from "i18next";
import {
  ago,
  clockTime,
  dayTime,
  duration,
  fullTime,
  onScale,
  otherTimeZone,
  secondsIn,
  setTimeZone,
  timeZone,
} from "./format.ts";

setTimeZone("Europe/Amsterdam");
const NOW = Date.UTC(2026, 11, 1, 11, 0);
const HOUR = 3_600_000;
const MINUTE = 60_000;

test("a duration is never a whole unit of the next kind", () => {
  assert.deepEqual(
    [0, 42.4, 999.4, 999.7, 1700, 59_949, 59_960, 64_000, HOUR - 1, HOUR + 64_000].map(duration),
    ["0 ms", "42 ms", "999 ms", "1.0 s", "1.7 s", "59.9 s", "1:00", "1:04", "1:00:00", "1:01:04"],
  );
});

test("a scale has no more digits than it takes", () => {
  assert.deepEqual([0, 500, 4000, 20, 90_000].map(onScale), ["0 s", "0.5 s", "4 s", "0.02 s", "1:30"]);
});

test("in Dutch a decimal has a comma", async () => {
  await i18next.init({ lng: "nl", resources: {} });
  try {
    assert.deepEqual([duration(1234), onScale(1500), secondsIn(823)], ["1,2 s", "1,5 s", "0,823"]);
  } finally {
    await i18next.changeLanguage("en");
  }
});

test("how long ago is never a whole unit of the next kind", () => {
  const said = (ms: number): string => ago(NOW - ms, NOW);
  assert.deepEqual([-5, 0, 59_400, 59_600, 31 * MINUTE, HOUR - 20_000, 89 * MINUTE].map(said), [
    "now",
    "now",
    "59 seconds ago",
    "1 minute ago",
    "31 minutes ago",
    "1 hour ago",
    "1 hour ago",
  ]);
  assert.deepEqual([23.4 * HOUR, 23.7 * HOUR, 24 * HOUR, 50 * HOUR].map(said), [
    "23 hours ago",
    "1 day ago",
    "1 day ago",
    "2 days ago",
  ]);
});

test("times are the company's, with the day where it is not today and the year where it is not this one", () => {
  assert.equal(clockTime(NOW), "12:00:00");
  assert.equal(dayTime(NOW - 11 * HOUR, NOW), "01:00");
  assert.equal(dayTime(NOW - 13 * HOUR, NOW), "Mon 30 Nov, 23:00");
  assert.equal(fullTime(NOW, NOW), "Tue 1 Dec, 12:00:00");
  assert.equal(fullTime(NOW - 365 * 24 * HOUR, NOW), "Mon, 1 Dec 2025, 12:00:00");
  // In Amsterdam it is the next year already.
  const eve = Date.UTC(2026, 11, 31, 23, 30);
  assert.equal(dayTime(eve, eve + 24 * HOUR), "Fri 1 Jan, 00:30");
  assert.equal(dayTime(eve - HOUR, eve), "Thu, 31 Dec 2026, 23:30");
});

test("the company's time zone is named where the browser has another one", () => {
  assert.equal(timeZone(), "Europe/Amsterdam");
  assert.equal(otherTimeZone("Europe/Amsterdam"), undefined);
  assert.equal(otherTimeZone("America/New_York"), "Europe/Amsterdam");
});
