import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planDifference, stepsInto } from "./difference.ts";

const phone = (extension: string, ringSeconds = 20) => ({ type: "phone", phone: extension, ringSeconds });
const webhook = (success: readonly unknown[], failed: readonly unknown[]) => ({
  type: "webhook",
  webhook: "CRM",
  success,
  failed,
});
const plan = (...steps: readonly unknown[]) => ({ name: "main", steps });
const told = (before: unknown, after: unknown): readonly string[] =>
  planDifference(before, after).map((one) => {
    const { change, type } = one;
    if (change === "added") return `added ${one.to} ${type} ${one.steps}`;
    if (change === "removed") return `removed ${one.from} ${type} ${one.steps}`;
    const fields = change === "changed" ? ` ${one.fields.map(({ key }) => key).join()}` : "";
    return `${change} ${one.from} ${one.to} ${type}${fields}`;
  });

test("the same is no difference, in whatever order its keys stand", () => {
  const one = plan(webhook([phone("215")], []));
  assert.deepEqual(told(one, one), []);
  assert.deepEqual(told(plan({ type: "phone", phone: "1" }), plan({ phone: "1", type: "phone" })), []);
});

test("a step that is put in front, taken out, or has other settings", () => {
  assert.deepEqual(told(plan(phone("215")), plan({ type: "audio", message: "hi" }, phone("215"))), [
    "added 1 audio 1",
  ]);
  assert.deepEqual(told(plan(phone("215"), phone("216")), plan(phone("216"))), ["removed 1 phone 1"]);
  const [changed] = planDifference(plan(phone("215")), plan(phone("215", 30)));
  assert.deepEqual(changed, {
    change: "changed",
    from: "1",
    to: "1",
    type: "phone",
    fields: [{ key: "ringSeconds", before: 20, after: 30 }],
  });
});

test("below a webhook, and with all that is below it", () => {
  const before = plan(webhook([phone("215")], [phone("216")]));
  assert.deepEqual(told(before, plan(webhook([phone("215"), phone("217")], [phone("216")]))), [
    "added 1.1.2 phone 1",
  ]);
  assert.deepEqual(told(plan(phone("217")), plan(phone("217"), webhook([phone("215")], [phone("216")]))), [
    "added 2 webhook 3",
  ]);
});

test("a step that changes its level has moved, and what is below it is looked at there", () => {
  const deep = webhook([phone("215")], []);
  assert.deepEqual(told(plan(phone("217"), deep), plan(webhook([phone("217"), phone("215")], []))), [
    "moved 1 1.1.1 phone",
  ]);
  assert.deepEqual(told(plan(phone("1"), phone("2"), phone("3")), plan(phone("3"), phone("1"), phone("2"))), [
    "moved 3 1 phone",
  ]);
});

test("where each step has gone, by number", () => {
  const before = plan(phone("1"), webhook([phone("2")], [phone("3")]));
  const after = plan({ type: "audio", message: "hi" }, phone("1", 5), webhook([], [phone("3"), phone("2")]));
  assert.deepEqual(Object.fromEntries(stepsInto(before, after)), {
    "1": "2",
    "2": "3",
    "2.1.1": "3.2.2",
    "2.2.1": "3.2.1",
  });
});

const steps = fc.letrec<{ level: readonly unknown[]; step: unknown }>((tie) => ({
  level: fc.array(tie("step"), { maxLength: 4 }),
  step: fc.oneof(
    { depthSize: "small" },
    fc.record({ type: fc.constant("phone"), phone: fc.constantFrom("1", "2", "3") }),
    fc.record({
      type: fc.constant("webhook"),
      webhook: fc.constant("CRM"),
      success: tie("level"),
      failed: tie("level"),
    }),
  ),
})).level;

function count(level: readonly unknown[]): number {
  return level.reduce<number>((sum, step) => {
    const { success = [], failed = [] } = step as { success?: unknown[]; failed?: unknown[] };
    return sum + 1 + count(success) + count(failed);
  }, 0);
}

test("every step is in one place: kept, moved, added or removed", () => {
  fc.assert(
    fc.property(steps, steps, (one, other) => {
      const changes = planDifference(plan(...one), plan(...other));
      const sum = (what: string) =>
        changes.reduce(
          (total, change) => total + (change.change === what && "steps" in change ? change.steps : 0),
          0,
        );
      const kept = stepsInto(plan(...one), plan(...other)).size;
      assert.equal(kept + sum("removed"), count(one));
      assert.equal(kept + sum("added"), count(other));
      assert.deepEqual(planDifference(plan(...one), plan(...one)), []);
    }),
  );
});

test("what is no plan has no steps", () => {
  for (const odd of [undefined, null, 1, "x", {}, { steps: 1 }, { steps: [null, 1, { type: {} }] }])
    assert.ok(Array.isArray(planDifference(odd, plan(phone("1")))));
});
