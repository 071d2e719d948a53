import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { settingsReference } from "./reference.ts";
import { settings } from "./schema.ts";
import type { Setting } from "./setting.ts";

const FILE = fileURLToPath(new URL("../../docs/reference/settings.md", import.meta.url));

test("docs/reference/settings.md is what the schema says", () => {
  const now = settingsReference();
  const kept = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(FILE, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});

test("flags and variables are unique and follow one form", () => {
  const all = Object.values<Setting>(settings);
  assert.equal(new Set(all.map((setting) => setting.flag)).size, all.length);
  assert.equal(new Set(all.map((setting) => setting.env)).size, all.length);
  for (const setting of all) {
    assert.match(setting.flag, /^[a-z][a-z0-9]*(-[a-z]+)*$/);
    assert.equal(setting.env, `SWITCHHOOK_${setting.flag.toUpperCase().replaceAll("-", "_")}`);
    assert.match(setting.sentence, /\.$/);
  }
});
