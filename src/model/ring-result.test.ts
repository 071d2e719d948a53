import assert from "node:assert/strict";
import { test } from "node:test";
import { resultOf, stronger } from "./ring-result.ts";

test("every final status means something to the plan (dialplan.md, Progression)", () => {
  const meaning = {
    busy: [486, 600],
    rejected: [603, 403, 607, 608],
    unavailable: [480],
    timeout: [408, 487],
    failed: [300, 302, 400, 401, 404, 407, 410, 420, 482, 483, 484, 488, 500, 503, 504, 604, 606],
  } as const;
  for (const [result, statuses] of Object.entries(meaning)) {
    for (const status of statuses) assert.equal(resultOf(status), result, String(status));
  }
});

test("of a group's results the one that says most wins, whatever the order", () => {
  assert.equal(stronger(undefined, "unavailable"), "unavailable");
  assert.equal(stronger("unavailable", "busy"), "busy");
  assert.equal(stronger("busy", "rejected"), "busy");
  assert.equal(stronger("rejected", "timeout"), "rejected");
  assert.equal(stronger("failed", "timeout"), "timeout");
  assert.equal(stronger("failed", "unavailable"), "failed");
});
