import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type FormField, stepForms } from "../../dialplan/form.ts";
import { companyFileReference, companyFileSchema } from "./company-reference.ts";
import { entityForms } from "./forms.ts";
import { kindNamed, kinds } from "./kinds.ts";

const pages = [
  ["company-file.md", companyFileReference],
  ["company-file.schema.json", companyFileSchema],
] as const;

for (const [name, made] of pages) {
  test(`docs/reference/${name} says what the kinds of entity say of themselves`, () => {
    const file = fileURLToPath(new URL(`../../../docs/reference/${name}`, import.meta.url));
    const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
    const now = made();
    // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
    if (kept !== now) writeFileSync(file, now);
    assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
  });
}

/** Every key of an object schema, those of the objects in it too. */
function keysOf(schema: z.core.JSONSchema.JSONSchema, before = ""): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const path = `${before}${key}`;
    return typeof value === "boolean" ? [path] : [path, ...keysOf(value, `${path}.`)];
  });
}

function pathsOf(fields: readonly FormField[], before = ""): readonly string[] {
  return fields.flatMap((one) => {
    const path = `${before}${one.key}`;
    return one.control === "group" ? [path, ...pathsOf(one.fields, `${path}.`)] : [path];
  });
}

/** Every field of every form. */
function every(fields: readonly FormField[]): readonly FormField[] {
  return fields.flatMap((one) => (one.control === "group" ? [one, ...every(one.fields)] : [one]));
}

test("every key of every kind of entity is in its form; a plan's are in its editor", () => {
  for (const { kind, fields } of entityForms()) {
    const schema = kindNamed(kind)?.schema;
    assert.ok(schema);
    const keys =
      kind === "plan" ? [] : keysOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
    assert.deepEqual(pathsOf(fields), keys, kind);
  }
});

test("labels are short, helps are sentences, and what names a thing names one that there is", () => {
  const known = new Set<string>(kinds.map(({ kind }) => kind));
  const fields = [...entityForms(), ...stepForms()].flatMap((form) => every(form.fields));
  assert.ok(fields.length > 50);
  for (const one of fields) {
    assert.match(one.label, /^[A-Z][^.]{1,40}$/, one.key);
    assert.match(one.help, /^[A-Z].*\.$/, one.key);
    if (one.control === "reference") assert.ok(known.has(one.kind), one.kind);
    if (one.control === "list" && one.of === "reference") assert.ok(known.has(one.kind ?? ""), one.key);
    if (one.control === "number") assert.ok(one.min !== undefined && one.max !== undefined, one.key);
    if (one.control === "select")
      for (const { value, label } of one.choices) assert.notEqual(label, value, `${one.key} ${value}`);
  }
});

test("what is a secret, a list or a group of its own is asked for as that", () => {
  const fieldsOf = (kind: string): ReadonlyMap<string, FormField> =>
    new Map(
      entityForms()
        .find((form) => form.kind === kind)
        ?.fields.map((one) => [one.key, one]),
    );
  assert.equal(fieldsOf("phone").get("password")?.control, "secret");
  const members = fieldsOf("group").get("members");
  assert.deepEqual(members?.control === "list" ? [members.of, members.kind, members.most] : [], [
    "reference",
    "phone",
    60,
  ]);
  const ivr = fieldsOf("webhook").get("ivr");
  assert.ok(ivr?.control === "group" && !ivr.required);
  assert.deepEqual(
    ivr.fields.map(({ key, control, unit = "" }) => `${key} ${control} ${unit}`.trim()),
    [
      "timeoutSeconds number seconds",
      "attempts number",
      "codeLength number digits",
      "startMessage reference",
      "incorrectMessage reference",
      "timeoutMessage reference",
    ],
  );
});
