import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { depth } from "../../../test/support/depth.ts";
import { openDatabase } from "../database.ts";
import { DATABASE_FILE } from "../database-file.ts";

const KILLS = depth(5, 100);
const DATABASE = new URL("../database.ts", import.meta.url).href;
const SQLITE = new URL("../sqlite.ts", import.meta.url).href;

/** Opens the database of a folder, and is killed at its statement number `at`; prints how many there were. */
const CHILD = `
  const { NodeSqlite } = await import(${JSON.stringify(SQLITE)});
  const { openDatabase } = await import(${JSON.stringify(DATABASE)});
  const [folder, at] = process.argv.slice(1);
  const { prepare } = NodeSqlite.prototype;
  let count = 0;
  NodeSqlite.prototype.prepare = function (sql) {
    count += 1;
    if (count === Number(at)) process.kill(process.pid, "SIGKILL");
    return prepare.call(this, sql);
  };
  const opened = await openDatabase(folder);
  if (!opened.ok) throw new Error(opened.error);
  await opened.value.destroy();
  console.log(count);`;

async function migrateIn(folder: string, killedAt: number) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, folder, String(killedAt)]);
  let said = "";
  child.stdout.on("data", (octets: Buffer) => (said += octets.toString()));
  const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
    child.on("exit", (_code, by) => resolve(by)),
  );
  return { signal, statements: Number(said) };
}

function schemaOf(folder: string): readonly unknown[] {
  const database = new DatabaseSync(path.join(folder, DATABASE_FILE), { readOnly: true });
  try {
    assert.equal(database.prepare("pragma integrity_check").get()?.["integrity_check"], "ok");
    return database.prepare("select type, name, sql from sqlite_master order by type, name").all();
  } finally {
    database.close();
  }
}

test("E7: migrations that are killed at any moment start again, and leave no half of them", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-migrations-"));
  const at = (name: string): string => path.join(folder, name);
  try {
    const { statements } = await migrateIn(at("whole"), 0);
    assert.ok(statements > 40, String(statements));
    const whole = schemaOf(at("whole"));
    for (let nth = 1; nth <= KILLS; nth += 1) {
      const killedAt = Math.floor((nth * statements) / (KILLS + 1));
      const { signal } = await migrateIn(at(String(nth)), killedAt);
      assert.equal(signal, "SIGKILL", `at statement ${killedAt}`);
      const left = schemaOf(at(String(nth))).filter((row) => !/kysely_/.test(JSON.stringify(row)));
      assert.deepEqual(
        left,
        [],
        `killed at statement ${killedAt} of ${statements}: the schema before was none`,
      );
      const again = await openDatabase(at(String(nth)));
      assert.ok(again.ok, again.ok ? "" : again.error);
      await again.value.destroy();
      assert.deepEqual(schemaOf(at(String(nth))), whole, `killed at statement ${killedAt}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
