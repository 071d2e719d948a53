import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkFolder } from "./folder.ts";
import { thisMachine } from "./machine.ts";

test("a data folder that is a link is judged by the folder that it leads to", () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-doctor-"));
  try {
    mkdirSync(join(folder, "d"), { mode: 0o700 });
    symlinkSync(join(folder, "d"), join(folder, "link"));
    const levels = (): readonly string[] =>
      checkFolder({ ...thisMachine(Date.now), text: () => "" }, join(folder, "link")).map(
        ({ level }) => level,
      );
    assert.deepEqual(levels(), ["ok"]);
    chmodSync(join(folder, "d"), 0o755);
    assert.deepEqual(levels(), ["warning"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
