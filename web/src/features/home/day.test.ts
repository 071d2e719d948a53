import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, hourIn, startOfDay } from "./day.ts";

const at = (text: string): number => Date.parse(text);

test("a day begins at midnight of the company's zone", () => {
  assert.equal(startOfDay(at("2026-11-29T12:34:56.789Z"), "Europe/Amsterdam"), at("2026-11-28T23:00:00Z"));
  assert.equal(startOfDay(at("2026-11-29T03:00:00Z"), "America/New_York"), at("2026-11-28T05:00:00Z"));
});

test("calls are counted by how they ended and by the hour in which they began", () => {
  const call = {
    id: "1",
    startedAt: at("2026-11-29T08:59:59Z"),
    answeredAt: 1,
    caller: "",
    callerName: "",
    called: "",
    result: "completed",
    reason: "",
    missed: false,
  } as const;
  const day = dayOf(
    [
      call,
      {
        ...call,
        startedAt: at("2026-11-29T09:00:00Z"),
        answeredAt: undefined,
        result: "noAnswer",
        missed: true,
      },
      {
        ...call,
        startedAt: at("2026-11-29T09:10:00Z"),
        answeredAt: undefined,
        result: "failed",
        missed: true,
      },
    ],
    hourIn("Europe/Amsterdam"),
  );
  assert.deepEqual(
    { ...day, hours: day.hours.slice(8, 12) },
    { all: 3, answered: 1, missed: 1, failed: 1, hours: [0, 1, 2, 0] },
  );
});
