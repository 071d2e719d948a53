import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoryEvent } from "./call-record.ts";
import { PlanPaths, planPathsOf, readPath, toldPaths, writePath } from "./plan-path.ts";

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

test("a plan that gets another name while a call of it is up stays the plan of that call, whoever has its name now", () => {
  const plans = new Map([["main", { id: "p", revision: 3 }]]);
  const paths = new PlanPaths((name) => plans.get(name));
  const call = { id: "c", startedAt: 1 };
  const begun = toldPaths([{ type: "plan", atMs: 0, seq: 0, plan: "main", version: 3, planId: "p" }], "main");
  const told = (result: "ongoing" | "completed", number: string) =>
    paths
      .of({ ...call, result, paths: toldPaths([step(number)], "main") })
      .map(({ planId, version, path }) => `${planId} v${version} ${writePath(path)}`);
  assert.equal(paths.of({ ...call, result: "ongoing", paths: begun })[0]?.planId, "p");
  plans.delete("main");
  plans.set("night", { id: "p", revision: 4 });
  assert.deepEqual(told("ongoing", "1"), ["p v3 1"], "nobody has its name");
  plans.set("main", { id: "q", revision: 9 });
  assert.deepEqual(told("completed", "2"), ["p v3 2"], "another plan has it");
  assert.deepEqual(told("completed", "2"), ["p v3 2"], "told again, as it could not be written");
  paths.written([{ id: "c", result: "completed" }]);
  assert.deepEqual(told("completed", "1"), ["q v9 1"], "what has ended is forgotten");
});

test("what plans of open calls mean is kept for 10,000 of them", () => {
  const plans = new Map([["main", { id: "p", revision: 3 }]]);
  const paths = new PlanPaths((name) => plans.get(name));
  const told = (id: number, result: "ongoing" | "completed") =>
    paths.of({ id: String(id), startedAt: 1, result, paths: toldPaths([step("1")], "main") })[0]?.planId;
  for (let id = 0; id <= 10_000; id += 1) told(id, "ongoing");
  plans.set("main", { id: "q", revision: 1 });
  assert.deepEqual([told(0, "completed"), told(1, "completed")], ["q", "p"]);
});
