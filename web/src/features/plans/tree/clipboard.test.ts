import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsInText, type Yaml } from "./clipboard.ts";

/** JSON is YAML too. */
const yaml: Yaml = {
  stringify: (value) => JSON.stringify(value),
  parse: (text) => JSON.parse(text) as unknown,
};
const pasted = (value: unknown) => stepsInText(JSON.stringify(value), yaml);
const phone = { type: "phone", phone: "215" };
const webhook = (success: unknown) => ({ type: "webhook", webhook: "CRM", success });

test("a list of steps, one step and an object with steps are steps, whatever is wrong in them", () => {
  assert.deepEqual(pasted([phone]), [phone]);
  assert.deepEqual(pasted(phone), [phone]);
  assert.deepEqual(pasted({ name: "Main line", steps: [phone] }), [phone]);
  const unfinished = [webhook([{ type: "phone" }, { type: "fone" }])];
  assert.deepEqual(pasted(unfinished), unfinished);
});

test("what is no step, or has something else among its steps, is none: the page says so", () => {
  for (const value of [[], "phone", [null], [{ type: "fone" }], [[phone]]])
    assert.equal(pasted(value), undefined);
  for (const item of [null, "phone", 5, [phone]]) {
    assert.equal(pasted([webhook([phone, item])]), undefined);
    assert.equal(pasted([webhook([webhook([item])])]), undefined);
  }
  assert.equal(stepsInText("- type: webhook", yaml), undefined);
});
