import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PLAN_PROBLEMS, planProblemsReference } from "./plan-problems.ts";

const FILE = fileURLToPath(new URL("../../docs/reference/plan-problems.md", import.meta.url));

test("docs/reference/plan-problems.md lists exactly the codes there are", () => {
  const now = planProblemsReference();
  const kept = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(FILE, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});

test("every code has a sentence", () => {
  for (const sentence of Object.values(PLAN_PROBLEMS)) assert.match(sentence, /^A |^The |^Steps /);
  for (const sentence of Object.values(PLAN_PROBLEMS)) assert.match(sentence, /\.$/);
});
