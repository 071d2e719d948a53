import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openInstallationId } from "./installation-id.ts";

test("T2: an installation keeps its id; rubbish in the file is replaced, and a folder that is not there is told", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-id-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const first = openInstallationId(folder);
  assert.ok(first.ok && /^[0-9a-f]{32}$/.test(first.value));
  assert.deepEqual(openInstallationId(folder), first);
  writeFileSync(join(folder, "installation-id"), "rubbish");
  assert.notDeepEqual(openInstallationId(folder), first);
  const nowhere = openInstallationId(join(folder, "none"));
  assert.match(nowhere.ok ? "" : nowhere.error, /installation-id cannot be written: /);
});
