// One name means one thing (issue: names for things): these are declared once in all of src.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");

const ONCE =
  "Phone Group Trunk Webhook Plan PhoneNumber AudioMessage PhoneDocument GroupDocument WebhookDocument DocumentPath NumberFormat LocatedProblem AudioEntry ServerStatus StoredBinding Binding Session InviteSession Desk CallDesk Reference StepReference AnyKind AnyStepKind OurContact FailureOf TraceEntry Said".split(
    " ",
  );

/** Where a type or class of this name is declared. */
const declared = new Map<string, string[]>();
for (const file of globSync("src/**/*.ts", { cwd: root })) {
  if (/\.(?:test|suite)\.ts$/.test(file)) continue;
  const text = readFileSync(path.join(root, file), "utf8");
  for (const [, name = ""] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:interface|type|class) (\w+)/gm,
  )) {
    declared.set(name, [...(declared.get(name) ?? []), file]);
  }
}

test("what the whole product talks about is declared once", () => {
  for (const name of ONCE)
    assert.equal(declared.get(name)?.length, 1, `${name}: ${declared.get(name)?.join(", ")}`);
});
