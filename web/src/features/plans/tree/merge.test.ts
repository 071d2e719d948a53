import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { merge } from "./merge.ts";
import type { RawPlan } from "./outline.ts";

const phone = (extension: string, more: object = {}): RawStep => ({
  type: "phone",
  phone: extension,
  ...more,
});
const webhook = (success: readonly RawStep[], failed: readonly RawStep[] = []): RawStep => ({
  type: "webhook",
  webhook: "CRM",
  success,
  failed,
});
const plan = (...steps: readonly RawStep[]): RawPlan => ({ name: "Main line", steps });

test("what only one side changed is taken from it, wherever it is", () => {
  const base = plan(phone("215"), phone("216"), webhook([phone("217")], [phone("218")]));
  const mine = plan(
    phone("215", { ringSeconds: 10 }),
    phone("216"),
    webhook([phone("217"), phone("219")], [phone("218")]),
  );
  const theirs = plan(
    phone("216"),
    phone("220"),
    webhook([phone("217")], [phone("218", { ringSeconds: 5 })]),
  );
  const { plan: merged, conflicts } = merge(base, mine, theirs);
  // 215 was removed by one side and changed by the other: that alone has to be chosen.
  assert.deepEqual(
    conflicts.map(({ id, key }) => [id, key]),
    [["steps/0/", undefined]],
  );
  const rest = [
    phone("216"),
    phone("220"),
    webhook([phone("217"), phone("219")], [phone("218", { ringSeconds: 5 })]),
  ];
  assert.deepEqual(merged.steps, [phone("215", { ringSeconds: 10 }), ...rest]);
  const theirWay = merge(base, mine, theirs, new Map([["steps/0/", "theirs"]]));
  assert.deepEqual(theirWay.plan.steps, rest);
});

test("a key that both changed is one conflict with three values; the other keys of the step merge", () => {
  const base = plan(webhook([{ type: "fixedDestination", number: "+31201234567", ringSeconds: 25 }]));
  const mine = plan(webhook([{ type: "fixedDestination", number: "+31201234567", ringSeconds: 10 }]));
  const theirs = plan(webhook([{ type: "fixedDestination", number: "+31209876543", ringSeconds: 40 }]));
  const { plan: merged, conflicts } = merge(base, mine, theirs);
  assert.deepEqual(
    conflicts.map(({ id, before, mine: own, theirs: others }) => [id, before, own, others]),
    [["steps/0/success/0/ringSeconds", 25, 10, 40]],
  );
  const expected = { type: "fixedDestination", number: "+31209876543", ringSeconds: 10 };
  assert.deepEqual(merged.steps, [webhook([expected])]);
});

test("both sides' new steps stay, the same one is put in once, and what must be last is last", () => {
  const base = plan(phone("215"));
  const mine = plan(phone("215"), phone("216"), phone("219"));
  const theirs = plan(phone("215"), phone("216"), webhook([]));
  assert.deepEqual(merge(base, mine, theirs).plan.steps, [
    phone("215"),
    phone("219"),
    phone("216"),
    webhook([]),
  ]);
  assert.deepEqual(merge(base, theirs, mine).plan.steps.at(-1), webhook([]));
});

test("a plan that both named otherwise is a conflict of its own", () => {
  const { conflicts, plan: merged } = merge(plan(), { name: "A", steps: [] }, { name: "B", steps: [] });
  assert.deepEqual(
    conflicts.map(({ id }) => id),
    ["name"],
  );
  assert.equal(merged.name, "A");
});
