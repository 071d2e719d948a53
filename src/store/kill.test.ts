// Over 5 s: a writer is killed again and again.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { depth } from "../../test/support/depth.ts";
import { DATABASE_FILE } from "./database-file.ts";
import { openStore } from "./store.ts";

// Reliability F1: kill -9 in the middle of writing loses nothing that was acknowledged and leaves the file sound.
// `npm run soak` has the 1,000 rounds of the promise.
const ROUNDS = depth(15, 1_000);
const WRITER = fileURLToPath(new URL("../../test/fakes/store-writer.ts", import.meta.url));

/** Runs a writer until it has acknowledged some lines, kills it, and gives all that it acknowledged. */
function writeAndKill(folder: string, first: number, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, folder, String(first)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    let killed = false;
    child.stdout.setEncoding("latin1");
    child.stdout.on("data", (chunk: string) => {
      said += chunk;
      // At different moments of a write: right after a line, a spin of the loop later, or a few milliseconds.
      if (killed || said.split("\n").length <= lines) return;
      killed = true;
      if (first % 3 === 0) child.kill("SIGKILL");
      else if (first % 3 === 1) setImmediate(() => child.kill("SIGKILL"));
      else setTimeout(() => child.kill("SIGKILL"), first % 7);
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`the writer ended by itself: ${said}`));
      // Only whole lines are an acknowledgement.
      else resolve(said.split("\n").slice(0, -1));
    });
  });
}

test(`${ROUNDS} times kill -9 while writing: nothing acknowledged is lost`, {
  timeout: depth(240_000, 3_600_000),
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-kill-"));
  try {
    let next = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await writeAndKill(folder, next, 1 + (round % 5));
      const raw = new DatabaseSync(join(folder, DATABASE_FILE));
      assert.deepEqual(
        raw
          .prepare("PRAGMA integrity_check")
          .all()
          .map((row) => row["integrity_check"]),
        ["ok"],
      );
      assert.deepEqual(raw.prepare("PRAGMA foreign_key_check").all(), []);
      raw.close();
      const store = await openStore(folder);
      assert.ok(store.ok);
      const loaded = (await store.value.company.load()).entities;
      const last = lines.findLast((line) => line.startsWith("c "))?.split(" ");
      assert.ok(last !== undefined);
      assert.ok(loaded.version >= Number(last[1]), `version ${loaded.version}, acknowledged ${last[1]}`);
      if (loaded.version === Number(last[1])) assert.equal(loaded.savedAt, Number(last[2]));
      const edited = lines.findLast((line) => line.startsWith("e "))?.split(" ");
      if (edited !== undefined) {
        assert.ok(
          loaded.version >= Number(edited[1]),
          `version ${loaded.version}, acknowledged ${edited[1]}`,
        );
        if (loaded.version === Number(edited[1]))
          assert.equal(loaded.get("phone", "215")?.document.name, `round ${edited[2]}`);
      }
      // Each version with its entry, or neither.
      const [entry] = await store.value.audit.list({ limit: 1 });
      assert.deepEqual([entry?.version, entry?.id], [loaded.version, loaded.version]);
      for (const line of lines.filter((one) => one.startsWith("r "))) {
        for (const id of line.split(" ").slice(1))
          assert.ok(await store.value.calls.get(id), `record ${id} is lost`);
      }
      await store.value.close();
      next = loaded.savedAt + 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
