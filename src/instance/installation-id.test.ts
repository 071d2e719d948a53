import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openInstallationId } from "./installation-id.ts";

test("T2: an installation keeps its id; rubbish in the file is replaced in so many words, and a folder that is not there is told", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-id-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const first = openInstallationId(folder);
  assert.ok(first.ok && /^[0-9a-f]{32}$/.test(first.value.id) && first.value.note === undefined);
  assert.deepEqual(openInstallationId(folder), first);
  for (const rubbish of ["rubbish", "", `${first.value.id}0`, "\0".repeat(32)]) {
    writeFileSync(join(folder, "installation-id"), rubbish);
    const next = openInstallationId(folder);
    assert.ok(next.ok && next.value.id !== first.value.id);
    assert.match(next.value.note ?? "", /installation-id held no id .*second device.* backup/);
    assert.deepEqual(openInstallationId(folder), { ok: true, value: { id: next.value.id } }, "said once");
  }
  const nowhere = openInstallationId(join(folder, "none"));
  assert.match(nowhere.ok ? "" : nowhere.error, /installation-id cannot be written: /);
});
