import assert from "node:assert/strict";
import { test } from "node:test";
import { stepForms } from "../../../../../src/dialplan/form.ts";
import { valueText, type Words } from "./choice-text.ts";

const WORDS: Readonly<Record<string, string>> = {
  "choices.mode.webhook": "The name that the webhook returned",
  "choices.mode.prepend": "A text before the name",
  "choices.callerIdForwarding.called": "Called number",
  "choices.callerIdForwarding.unset": "As the webhook above says",
};
const t: Words = (key, { defaultValue }) => WORDS[key] ?? defaultValue;
const field = (type: string, key: string) =>
  stepForms()
    .find((form) => form.type === type)
    ?.fields.find((one) => one.key === key);

for (const [type, key, value, expected] of [
  ["callerName", "mode", "webhook", "“The name that the webhook returned”"],
  ["callerName", "mode", "prepend", "“A text before the name”"],
  ["callerName", "mode", "append", "“append”"],
  ["callerName", "text", "VIP ", "“VIP ”"],
  ["callerName", "text", undefined, "nothing"],
  ["variableDestination", "callerIdForwarding", undefined, "“As the webhook above says”"],
  ["variableDestination", "callerIdForwarding", "called", "“Called number”"],
  ["group", "ignoreForwarding", true, "on"],
  ["group", "ignoreForwarding", undefined, "off"],
  ["phone", "ringSeconds", 11, "11"],
] as const)
  test(`${type}.${key} of ${JSON.stringify(value)} is called ${expected}`, () => {
    assert.ok(field(type, key) !== undefined);
    assert.equal(valueText(t, field(type, key), value), expected);
  });

test("a choice without words of its own is called as its schema says, and a key of no form by its value", () => {
  const bare: Words = (_, { defaultValue }) => defaultValue;
  assert.equal(valueText(bare, field("callerName", "mode"), "prepend"), "“Text in front of the name”");
  assert.equal(valueText(bare, undefined, "x"), "“x”");
});
