import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { restoreBackup } from "../admin/backup/restore.ts";
import type { BackupSchedule } from "../admin/backup/schedule.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { contentOfDatabase } from "../store/snapshot.ts";
import { openStore } from "../store/store.ts";
import { backupPorts } from "./backup-ports.ts";
import { scheduledBackups } from "./backups.ts";

/** As the page asks for one: it is told that it is being made, and looks again. */
async function madeByAdministrator(schedule: BackupSchedule) {
  const entries: string[] = [];
  const audit = {
    append: async ({ what, by, from }: { what: string; by: string; from?: string | undefined }) => {
      entries.push(`${what} ${by} ${from}`);
    },
  };
  const ports = backupPorts({
    start: { dataDir: "unused", softwareVersion: "1.2.3" },
    kept: () => ({ days: 30, isChosen: false }),
    schedule,
    audit,
    wall: () => 7,
  });
  const failed = await ports.scheduled();
  assert.match(failed?.lastFailure?.sentence ?? "", /is no passphrase/);
  const begun = await ports.makeNow({ name: "jan", address: "192.0.2.7" });
  assert.ok(begun.ok && begun.value.isBeingMade);
  assert.deepEqual(entries, ["backupAsked jan 192.0.2.7"]);
  const joined = await ports.makeNow({ name: "els", address: "192.0.2.8" });
  assert.ok(joined.ok && joined.value.isBeingMade);
  assert.equal(entries.length, 1, "she asked for none: it is being made already");
  const waited = await schedule.makeNow();
  assert.ok(waited.ok, waited.ok ? "" : waited.error);
  const after = await ports.scheduled();
  assert.deepEqual(
    [after?.isBeingMade, after?.isSealed, after?.lastFailure, after?.items.map(({ name }) => name)],
    [false, true, null, [waited.value.name]],
  );
  return waited;
}

test("a backup by the settings is written beside the running store, sealed, and can be restored", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-backups-"));
  const at = (name: string): string => join(folder, name);
  const store = await openStore(at("d"));
  assert.ok(store.ok);
  try {
    const backups = { folder: at("kept"), everyHours: 24, keep: 2, passphraseFile: at("passphrase") };
    const schedule = scheduledBackups(
      { backups, dataDir: at("d"), softwareVersion: "1.2.3" },
      systemClock,
      () => {},
    );
    assert.ok(schedule);
    const none = await schedule.makeNow();
    assert.match(none.ok ? "" : none.error, /^The file of the passphrase, .* cannot be read/);
    writeFileSync(at("passphrase"), "short\n");
    const short = await schedule.makeNow();
    assert.match(short.ok ? "" : short.error, /is no passphrase: it has at least 8 characters\.$/);
    writeFileSync(at("passphrase"), "four words of one\n");
    const made = await madeByAdministrator(schedule);
    const file = join(at("kept"), made.value.name);
    assert.match(
      readFileSync(file, "latin1").slice(0, 200),
      /^SWITCHHOOK BACKUP 1\n\{.*"version":"1\.2\.3","salt":"[0-9a-f]{32}"\}/,
    );
    const restored = await restoreBackup(file, {
      dataDir: at("new"),
      database: DATABASE_FILE,
      passphrase: async () => "four words of one",
      check: contentOfDatabase,
    });
    assert.ok(restored.ok, restored.ok ? "" : restored.error);
    assert.equal(
      scheduledBackups({ dataDir: at("d"), softwareVersion: "1" }, systemClock, () => {}),
      undefined,
    );
  } finally {
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
