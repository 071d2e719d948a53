import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { Sounds } from "./sounds.ts";

test("a folder that cannot be written to is tried again the next time", async (t) => {
  const within = mkdtempSync(path.join(os.tmpdir(), "switchhook-sounds-"));
  t.after(() => rmSync(within, { recursive: true }));
  const folder = path.join(within, "sounds");
  writeFileSync(folder, "a file where the folder should be");
  const sounds = new Sounds(folder);
  const failed = await Promise.all([
    sounds.told({ kind: "busy" }, "NL", "PCMA", true),
    sounds.told({ kind: "ringback" }, "NL", "PCMA", true),
  ]);
  for (const told of failed) assert.ok(!told.ok && told.error.code === "rtpengine.notWritten");
  rmSync(folder);
  assert.ok((await sounds.told({ kind: "busy" }, "NL", "PCMA", true)).ok);
  assert.deepEqual(readdirSync(folder), ["tone-nl-busy.au"]);
});
