import assert from "node:assert/strict";
import { test } from "node:test";
import { outline } from "../tree/outline.ts";
import { shownAbove } from "./shown-above.ts";

const webhooks = new Map([
  ["CRM", { callerIdForwarding: "called" as const, ivr: undefined }],
  ["VIP", { callerIdForwarding: "suppressed" as const, ivr: undefined }],
]);
const rings = { type: "variableDestination" };
const hook = (webhook: string, success: readonly unknown[], failed: readonly unknown[] = []) => ({
  type: "webhook",
  webhook,
  success,
  failed,
});
const plan = outline({
  name: "main",
  steps: [
    { type: "phone", phone: "215" },
    hook("CRM", [rings, hook("VIP", [rings], [rings])], [hook("gone", [rings])]),
  ],
});

for (const [number, expected] of [
  ["1", "alone"],
  ["2", "alone"],
  ["2.1.1", "called"],
  ["2.1.2", "called"],
  ["2.1.2.1.1", "suppressed"],
  ["2.1.2.2.1", "suppressed"],
  ["2.2.1", "called"],
  ["2.2.1.1.1", undefined],
] as const)
  test(`step ${number} shows, where it does not say it itself: ${expected}`, () => {
    assert.ok(plan.byNumber.has(number));
    assert.equal(shownAbove(plan, number, { webhooks }), expected);
  });
