import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoryEvent } from "./call-record.ts";
import { planPathsOf, readPath, toldPaths, writePath } from "./plan-path.ts";

const step = (number: string): StoryEvent => ({
  type: "step",
  atMs: 1,
  seq: 1,
  entry: { step: number, label: "Phone", type: "decision", text: "Rings." },
});

test("the part of a call that only says which plan took it keeps the version for the part with the steps", () => {
  const begun = toldPaths([{ type: "plan", atMs: 0, seq: 0, plan: "main", version: 3, planId: "p" }], "main");
  assert.deepEqual(begun, [{ plan: "main", planId: "p", version: 3, path: [] }]);
  // The plan was published again meanwhile, and the rest does not say which one it was.
  const now = () => ({ id: "p", revision: 7 });
  const call = { id: "c", startedAt: 1 };
  const [first] = planPathsOf({ ...call, result: "ongoing", paths: begun }, now);
  assert.deepEqual([first?.version, first?.isOpen], [3, true]);
  const [rest] = planPathsOf({ ...call, result: "completed", paths: toldPaths([step("1")], "main") }, now);
  assert.deepEqual(rest?.path, [{ step: "1", answered: false }]);
  // As the store puts the rest behind the first.
  const whole = `${writePath(first?.path ?? [])} ${writePath(rest?.path ?? [])}`;
  assert.deepEqual(readPath(whole), [{ step: "1", answered: false }]);
});
