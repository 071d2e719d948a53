import assert from "node:assert/strict";
import { test } from "node:test";
import { lastedMs } from "./lasted.ts";

const AT = Date.UTC(2026, 11, 1);
const call = {
  startedAt: AT,
  endedAt: AT + 3000,
  story: [{ type: "key", leg: "A", way: "event", atMs: 2500 }],
} as const;

test("a call that is over took as long as it did, whenever one looks", () => {
  assert.equal(lastedMs({ ...call, result: "completed" }, AT + 60_000), 3000);
});

test("a call that is up grows older, and is never younger than the last that is known of it", () => {
  const up = { ...call, result: "ongoing" } as const;
  assert.equal(lastedMs(up, AT + 60_000), 60_000);
  // This clock is behind the server's.
  assert.equal(lastedMs(up, AT - 60_000), 2500);
});
