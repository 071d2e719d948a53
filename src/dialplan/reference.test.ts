import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sentencesReference, stepsReference } from "./reference.ts";
import { stepKinds } from "./steps/registry.ts";

const pages = [
  ["steps.md", stepsReference],
  ["sentences.md", sentencesReference],
] as const;

for (const [name, made] of pages) {
  test(`docs/reference/${name} says what the kinds of step say of themselves`, () => {
    const file = fileURLToPath(new URL(`../../docs/reference/${name}`, import.meta.url));
    const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
    const now = made();
    // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
    if (kept !== now) writeFileSync(file, now);
    assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
  });
}

test("a code begins with the kind that says it, or is shared by all that ring", () => {
  for (const { type, words } of stepKinds) {
    for (const code of Object.keys(words)) assert.match(code, new RegExp(`^(?:${type}|ring)\\.[a-zA-Z]+$`));
  }
});
