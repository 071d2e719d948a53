import assert from "node:assert/strict";
import { test } from "node:test";
import type { FormField } from "../../../src/dialplan/form.ts";
import { entityForm } from "../../../src/model/entities/forms.ts";
import { kindOf } from "../../../src/model/entities/kinds.ts";
import dutch, { SAME } from "./core-nl.ts";

const KINDS = [
  "phone",
  "group",
  "trunk",
  "webhook",
  "number",
  "audioMessage",
  "settings",
  "outbound",
] as const;

function textsOf(fields: readonly FormField[]): readonly string[] {
  return fields.flatMap((field) => [
    field.label,
    field.help,
    ...("unit" in field && field.unit !== undefined ? [field.unit] : []),
    ...(field.control === "select" ? field.choices.map(({ label }) => label) : []),
    ...(field.control === "group" ? textsOf(field.fields) : []),
  ]);
}

test("every label, help, unit and choice of the forms has Dutch, none more, and none is English by accident", () => {
  const english = new Set(
    KINDS.flatMap((kind) => textsOf(entityForm(kindOf(kind)).fields)).filter((text) => text !== ""),
  );
  assert.ok(english.size > 100);
  assert.deepEqual(
    [...english].filter((text) => dutch[text] === undefined),
    [],
    "without Dutch",
  );
  assert.deepEqual(
    Object.keys(dutch).filter((text) => !english.has(text)),
    [],
    "of no form",
  );
  const same = Object.entries(dutch).filter(([text, translated]) => text === translated);
  assert.deepEqual(
    same.map(([text]) => text).filter((text) => !SAME.includes(text)),
    ["Hosts"],
  );
});
