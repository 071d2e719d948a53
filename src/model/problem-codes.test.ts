import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PLAN_PROBLEMS } from "../dialplan/plan-problems.ts";
import { PROBLEMS, problemsReference } from "./problem-codes.ts";

const ROOT = join(import.meta.dirname, "../..");

test("docs/reference/problems.md lists exactly the codes there are", () => {
  const file = join(ROOT, "docs/reference/problems.md");
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const now = problemsReference();
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(file, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});

test("every code is used, and means one thing beside those of plans", () => {
  const code = ["model", "company", "admin"]
    .flatMap((folder) =>
      readdirSync(join(ROOT, "src", folder), { recursive: true, encoding: "utf8" })
        .filter(
          (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.endsWith("problem-codes.ts"),
        )
        .map((file) => readFileSync(join(ROOT, "src", folder, file), "utf8")),
    )
    .join("");
  assert.deepEqual(
    Object.keys(PROBLEMS).filter((one) => !code.includes(`"${one}"`)),
    [],
  );
  assert.deepEqual(
    Object.keys(PROBLEMS).filter((one) => one in PLAN_PROBLEMS),
    [],
  );
});
