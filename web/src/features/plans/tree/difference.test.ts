import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { differences } from "./difference.ts";

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
const plan = (...steps: readonly RawStep[]) => ({ name: "Main line", steps });
const told = (before: ReturnType<typeof plan>, after: ReturnType<typeof plan>) =>
  differences(before, after).map((one) => (one.type === "renamed" ? one.type : `${one.type} ${one.number}`));

test("the difference names each step once: changed, added, removed, moved", () => {
  const before = plan(phone("215"), phone("216"), webhook([phone("217")], [phone("218")]));
  assert.deepEqual(told(before, before), []);
  assert.deepEqual(
    told(
      before,
      plan(phone("215", { ringSeconds: 5 }), webhook([phone("217"), phone("216")], [phone("218")])),
    ),
    ["changed 1", "moved 2.1.2"],
  );
  assert.deepEqual(
    told(before, plan(phone("216"), webhook([], [phone("218"), { type: "hangUp", as: "busy" }]))),
    ["added 2.2.2", "removed 1", "removed 3.1.1"],
  );
});

test("a step that comes before others changes nothing but numbers", () => {
  const before = plan(phone("215"), webhook([phone("217", { ringSeconds: 5 })]));
  const after = plan(
    { type: "audio", message: "Welcome" },
    phone("215"),
    webhook([phone("217", { ringSeconds: 6 })]),
  );
  assert.deepEqual(told(before, after), ["added 1", "changed 3.1.1"]);
  const [, changed] = differences(before, after);
  assert.deepEqual(changed?.type === "changed" && changed.keys, [
    { key: "ringSeconds", before: 5, after: 6 },
  ]);
});
