import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { until } from "../../test/support/process.ts";
import { restoreBackup } from "../admin/backup/restore.ts";
import type { AuditEntry } from "../model/audit.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { contentOfDatabase } from "../store/snapshot.ts";
import { openStore } from "../store/store.ts";
import { BackupDownloads } from "./backup-downloads.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-downloads-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const PASSPHRASE = "several words";

test("a backup is read once, restored by its passphrase, told in the audit log; nothing of it stays", async () => {
  const dataDir = path.join(folder, "data");
  const store = await openStore(dataDir);
  assert.ok(store.ok);
  const entries: AuditEntry[] = [];
  const audit = { append: async (entry: AuditEntry) => void entries.push(entry) };
  const backups = new BackupDownloads({ dataDir, version: "1.2.3", audit, wall: () => 7 });
  const by = { name: "jan", address: "192.0.2.7" };
  const [made, second] = await Promise.all([backups.make(PASSPHRASE, by), backups.make(PASSPHRASE, by)]);
  assert.ok(made.ok);
  assert.deepEqual(second.ok ? "" : second.error.code, "busy");
  assert.deepEqual(
    entries.map(({ what, by: who, from }) => ({ what, who, from })),
    [{ what: "backupTaken", who: "jan", from: "192.0.2.7" }],
  );
  assert.doesNotMatch(JSON.stringify(entries), /several words/);
  const file = path.join(folder, "taken");
  await writeFile(file, made.value);
  await store.value.close();
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => name.startsWith(".backup")),
    [],
  );
  const restore = (dir: string, passphrase: string) =>
    restoreBackup(file, {
      dataDir: path.join(folder, dir),
      database: DATABASE_FILE,
      passphrase: async () => passphrase,
      check: contentOfDatabase,
    });
  const wrong = await restore("wrong", "other words");
  assert.ok(!wrong.ok);
  const restored = await restore("again", PASSPHRASE);
  assert.ok(restored.ok, restored.ok ? "" : restored.error);
  assert.ok(readdirSync(path.join(folder, "again")).includes("secret.key"));
});

test("what a run has left that ended while a backup was written is removed at the next start", async () => {
  const dataDir = mkdtempSync(path.join(folder, "left-"));
  mkdirSync(path.join(dataDir, ".backup-a1b2c3"));
  await writeFile(path.join(dataDir, ".backup-a1b2c3", "backup"), "half of it");
  await writeFile(path.join(dataDir, "kept"), "");
  const audit = { append: async () => assert.fail("nothing was taken") };
  new BackupDownloads({ dataDir, version: "1.2.3", audit, wall: () => 7 });
  await until("the folder to be gone", () => readdirSync(dataDir).join() === "kept");
});

test("what cannot be read gives a sentence, and leaves nothing", async () => {
  const dataDir = mkdtempSync(path.join(folder, "empty-"));
  const audit = { append: async () => assert.fail("nothing was taken") };
  const backups = new BackupDownloads({ dataDir, version: "1.2.3", audit, wall: () => 7 });
  const made = await backups.make(PASSPHRASE, { name: "jan", address: undefined });
  assert.ok(!made.ok && made.error.code === "noBackup");
  assert.deepEqual(readdirSync(dataDir), []);
});
