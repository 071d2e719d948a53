import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import type { RawPlan } from "../tree/outline.ts";
import { stepKey } from "../tree/step-key.ts";
import { historyOf } from "../tree/undo.ts";
import { type Editor, editorOf } from "./editor.ts";

const phone = (extension: string, more: object = {}): RawStep => ({
  type: "phone",
  phone: extension,
  ...more,
});
const webhook = (success: readonly RawStep[]): RawStep => ({ type: "webhook", webhook: "CRM", success });
const plan = (...steps: readonly RawStep[]): RawPlan => ({ name: "Main line", steps });
/** As it comes from the server: other values that say the same. */
const sent = (one: RawPlan): RawPlan => JSON.parse(JSON.stringify(one)) as RawPlan;

/** At one step of a plan, in which somebody else then does something. */
function at(number: string, before: RawPlan, theirs: RawPlan): Editor {
  const editor = editorOf(historyOf(before));
  editor.select(number);
  editor.follow(sent(theirs));
  assert.deepEqual(editor.store.get().history.plan, theirs);
  return editor;
}

const selected = (editor: Editor): string | undefined => editor.store.get().selected;

test("who looks at a step stays at it when somebody else puts another one in above it, or moves it elsewhere", () => {
  const before = plan(phone("215"), phone("216"));
  assert.equal(selected(at("2", before, plan(phone("217"), phone("215"), phone("216")))), "3");
  assert.equal(selected(at("1", before, plan(phone("216"), phone("215")))), "2");
  const branches = plan(phone("215"), phone("216"), webhook([phone("219")]));
  const moved = plan(phone("215"), webhook([phone("219"), phone("216")]));
  assert.equal(selected(at("2", branches, moved)), "2.1.2");
  const withAll = plan(phone("215"), webhook([phone("219")]));
  assert.equal(selected(at("1.1.1", plan(webhook([phone("219")]), phone("215")), withAll)), "2.1.1");
});

test("also when both happen: what was changed most alike is the same step", () => {
  const editor = at(
    "2",
    plan(phone("215"), phone("216")),
    plan(phone("217"), phone("215"), phone("216", { ringSeconds: 5 })),
  );
  assert.equal(selected(editor), "3");
  editor.change("3", [["ringSeconds", 6]]);
  assert.deepEqual(
    editor.store.get().history.plan,
    plan(phone("217"), phone("215"), phone("216", { ringSeconds: 6 })),
  );
});

test("of a step that somebody else removed nothing is shown any more: what is typed goes into no other one", () => {
  const before = plan(phone("215"), { type: "audio", message: "Welcome" }, phone("216"));
  assert.equal(selected(at("2", before, plan(phone("215"), phone("216")))), undefined);
});

test("what is as it was is not drawn anew, and what was changed or moved is the same row", () => {
  const before = plan(phone("215"), webhook([phone("216"), phone("217")]), phone("218"));
  const theirs = plan(phone("218"), phone("215"), webhook([phone("216"), phone("217", { ringSeconds: 5 })]));
  const editor = editorOf(historyOf(before));
  const was = editor.store.get().laid.byNumber;
  editor.follow(sent(theirs));
  const now = editor.store.get().laid.byNumber;
  const step = (steps: typeof now, number: string): RawStep => steps.get(number)?.step ?? {};
  assert.equal(step(now, "2"), step(was, "1"));
  assert.equal(step(now, "3.1.1"), step(was, "2.1.1"));
  for (const [number, next] of [
    ["3", "1"],
    ["2", "3"],
    ["2.1.2", "3.1.2"],
  ] as const)
    assert.equal(stepKey(step(now, next)), stepKey(step(was, number)), `${number} is ${next} now`);
});

test("no two rows are the same, also where a version has the very value of a step that another one is taken for", () => {
  const one = phone("215");
  const editor = editorOf(historyOf(plan(one, phone("216"))));
  editor.replace(plan(phone("215"), one, phone("215"), phone("216")));
  const keys = editor.store.get().history.plan.steps.map(stepKey);
  assert.equal(new Set(keys).size, 4);
});

test("a branch that alone is shown stays so by what it is", () => {
  const editor = editorOf(historyOf(plan(webhook([phone("215")]), phone("219"))));
  editor.focus("1.1.");
  editor.follow(sent(plan(phone("216"), webhook([phone("215")]), phone("219"))));
  assert.equal(editor.store.get().focused, "2.1.");
  editor.follow(sent(plan(phone("216"), phone("219"))));
  assert.equal(editor.store.get().focused, "");
});

test("what somebody else did is taken back with the same step looked at", () => {
  const editor = editorOf(historyOf(plan(phone("215"), phone("216"))));
  editor.change("2", [["ringSeconds", 5]]);
  editor.follow(sent(plan(phone("217"), phone("215"), phone("216", { ringSeconds: 5 }))));
  assert.equal(selected(editor), "3");
  editor.undo();
  assert.equal(selected(editor), "2");
});
