import assert from "node:assert/strict";
import { test } from "node:test";
import type { Branch, RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { outline, type StepNode } from "./outline.ts";
import { shownName, untakenReply } from "./shown-name.ts";

const SAMPLE = { callerName: "J. Jansen", returnedName: "Jansen Co" };
const taken: RawStep = { type: "callerName", mode: "webhook" };
const vip: RawStep = { type: "callerName", mode: "prepend", text: "VIP " };
const desk: RawStep = { type: "callerName", mode: "replace", text: "Desk" };
const phone: RawStep = { type: "phone", phone: "215" };
const webhook = (success: readonly RawStep[], failed: readonly RawStep[] = []): RawStep => ({
  type: "webhook",
  webhook: "CRM",
  success,
  failed,
});

/** The outline of these steps, and its step of this number. */
function at(number: string, ...steps: readonly RawStep[]) {
  const laid = outline({ name: "main", steps });
  const node = laid.byNumber.get(number) as StepNode;
  assert.ok(node !== undefined);
  return [laid, node] as const;
}

for (const [what, number, steps, expected] of [
  ["a text before the caller's own name", "1", [vip], "VIP J. Jansen"],
  ["a text before the name of a webhook that nobody took", "1.1.1", [webhook([vip])], "VIP J. Jansen"],
  ["a text before the name of a webhook", "1.1.2", [webhook([taken, vip])], "VIP Jansen Co"],
  ["a text instead of the name of a webhook", "1.1.2", [webhook([taken, desk])], "Desk"],
  ["no name of a webhook that failed", "1.2.2", [webhook([], [taken, vip])], "VIP J. Jansen"],
  ["the name taken by the webhook above", "1.1.2.1.1", [webhook([taken, webhook([vip])])], "VIP Jansen Co"],
] as const)
  test(`the phone shows ${what}: ${expected}`, () => {
    const isFailed = ({ path }: Branch): boolean => path[0] === "failed";
    assert.equal(shownName(...at(number, ...steps), SAMPLE, isFailed), expected);
  });

for (const [what, number, steps, expected] of [
  ["outside a webhook", "1", [vip], undefined],
  ["first below a webhook", "1.1.1", [webhook([vip])], "success"],
  ["after a phone below a webhook", "1.1.2", [webhook([phone, vip])], "success"],
  ["below a webhook that failed", "1.2.1", [webhook([], [vip])], "failed"],
  ["after the step that takes the name", "1.1.2", [webhook([taken, vip])], undefined],
  ["after another text in place of the name", "1.1.2", [webhook([desk, vip])], undefined],
  [
    "below a second webhook, the first one's name taken",
    "1.1.2.1.1",
    [webhook([taken, webhook([vip])])],
    "success",
  ],
] as const)
  test(`the name of a webhook that no step took, ${what}: ${expected}`, () => {
    assert.equal(untakenReply(...at(number, ...steps))?.path[0], expected);
  });
