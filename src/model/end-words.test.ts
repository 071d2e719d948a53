import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { endingsReference, endReason, endWords } from "./end-words.ts";

const ROOT = join(import.meta.dirname, "../..");

test("docs/reference/endings.md lists exactly the codes there are", () => {
  const file = join(ROOT, "docs/reference/endings.md");
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const now = endingsReference();
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(file, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});

test("every code is said by a call, a simulated one, what the two share, the rows of strangers, or who keeps records", () => {
  const files = ["src/board", "src/call", "src/control", "src/record", "src/simulate", "src/model"].flatMap(
    (room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" }).map((file) =>
        join(ROOT, room, file),
      ),
  );
  const code = files
    .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|end-words\.ts$/.test(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("");
  const silent = Object.keys(endWords).filter((one) => !code.includes(`"${one}"`));
  assert.deepEqual(silent, []);
});

test("a reason is its code, its arguments and its sentence", () => {
  assert.deepEqual(endReason("end.lost", { side: "called", why: "no reply" }), {
    code: "end.lost",
    args: { side: "called", why: "no reply" },
    reason: "the called side was lost: no reply",
  });
  assert.equal(
    endReason("end.planEnded", { why: "Nobody answered.", step: "", tried: "" }).reason,
    "Nobody answered.",
  );
});
