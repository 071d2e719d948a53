import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf } from "./day.ts";

test("calls are counted by how they ended; one that is up is only one of all", () => {
  const { hours, ...counts } = dayOf(
    { completed: 4, noAnswer: 1, busy: 2, failed: 1, refused: 3, ongoing: 1 },
    [12],
  );
  assert.deepEqual(counts, { all: 12, answered: 4, missed: 3, failed: 4 });
  assert.deepEqual(hours, [12]);
});

test("a day without calls has none", () =>
  assert.deepEqual(dayOf({}, []), { all: 0, answered: 0, missed: 0, failed: 0, hours: [] }));
