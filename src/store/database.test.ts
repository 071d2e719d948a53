import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { callRecord } from "../../test/contract/repositories.suite.ts";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { readCompany } from "../company/file.ts";
import type { CallKind } from "../model/call-record.ts";
import { toCallRow } from "../model/call-row.ts";
import { DATABASE_FILE } from "./database.ts";
import { KEY_FILE } from "./seal.ts";
import { openStore } from "./store.ts";

const NO_AUDIO = new Map<string, never>();

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-store-"));
  try {
    await work(folder);
  } finally {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  }
}

function company() {
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(read.ok);
  return read.value.company;
}

async function refusal(folder: string): Promise<string> {
  const store = await openStore(folder);
  if (store.ok) await store.value.close();
  assert.ok(!store.ok, "it opened");
  return store.error;
}

test("a data folder that is a file, or below one, is said with its path", () =>
  inFolder(async (folder) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    assert.match(await refusal(file), new RegExp(`data folder ${file} `));
    assert.match(await refusal(join(file, "below")), new RegExp(`data folder ${file}/below cannot be made`));
  }));

test("a database that is not one is said with its path and left as it is", () =>
  inFolder(async (folder) => {
    const file = join(folder, DATABASE_FILE);
    writeFileSync(file, "this is a diary, not a database. ".repeat(200));
    assert.match(await refusal(folder), new RegExp(`${file} cannot be opened: file is not a database`));
    assert.match(readFileSync(file, "utf8"), /^this is a diary/);
    assert.ok(!existsSync(join(folder, KEY_FILE)));
  }));

test("a lost key file is an error, not a reason for a new key", () =>
  inFolder(async (folder) => {
    const store = await openStore(folder);
    assert.ok(store.ok);
    await store.value.company.save(company(), 1, NO_AUDIO);
    await store.value.close();
    rmSync(join(folder, KEY_FILE));
    assert.match(await refusal(folder), new RegExp(`${join(folder, KEY_FILE)} is missing`));
    assert.ok(!existsSync(join(folder, KEY_FILE)));
  }));

test("no secret is in the database's files in clear, and they are their owner's alone", () =>
  inFolder(async (folder) => {
    const nested = join(folder, "made");
    const store = await openStore(nested);
    assert.ok(store.ok);
    await store.value.company.save(company(), 1, NO_AUDIO);
    for (const name of [DATABASE_FILE, `${DATABASE_FILE}-wal`]) {
      const file = join(nested, name);
      const bytes = readFileSync(file);
      for (const secret of ["correct-horse", "battery-staple", "trunk-secret", "hook-secret"]) {
        assert.equal(bytes.includes(secret), false, `${secret} in ${name}`);
      }
      assert.equal(statSync(file).mode & 0o077, 0, name);
    }
    assert.equal(statSync(nested).mode & 0o077, 0);
    await store.value.close();
  }));

test("X8: rows that were there before kinds were told apart are told apart by what they hold", () =>
  inFolder(async (folder) => {
    const store = await openStore(folder);
    assert.ok(store.ok);
    const refused = { result: "refused", missed: true } as const;
    await store.value.calls.insertMany(
      [
        callRecord("aa", 1),
        callRecord("bb", 2, { ...refused, origin: "stranger at 203.0.113.1" }),
        callRecord("cc", 3, { ...refused, origin: "stranger at 2001:db8::1", called: "(registration)" }),
        callRecord("dd", 4, { ...refused, origin: 'trunk "stranger at sea"' }),
        callRecord("ee", 5, { ...refused, origin: "phone 215" }),
      ].map(toCallRow),
    );
    await store.value.close();
    // As a database of the release before has it.
    const old = new DatabaseSync(join(folder, DATABASE_FILE));
    old.exec(`drop index calls_kind; alter table calls drop column kind; alter table calls drop column attempts;
      delete from kysely_migration where name >= '0003'`);
    old.close();
    const again = await openStore(folder);
    assert.ok(again.ok);
    const { calls } = again.value;
    const ids = async (kinds: readonly CallKind[]) =>
      (await calls.list({ limit: 9, kinds })).map(({ id }) => id);
    assert.deepEqual(await ids(["call"]), ["ee", "dd", "aa"]);
    assert.deepEqual(await ids(["stranger"]), ["bb"]);
    assert.deepEqual(await ids(["registration"]), ["cc"]);
    assert.deepEqual([(await calls.get("bb"))?.missed, (await calls.get("dd"))?.missed], [false, true]);
    assert.equal((await calls.get("aa"))?.sip.length, 1, "the trace is still whole");
    await again.value.close();
  }));

test("X8: a list reads the index of its kind in order, whatever strangers wrote", () =>
  inFolder(async (folder) => {
    const store = await openStore(folder);
    assert.ok(store.ok);
    await store.value.close();
    const database = new DatabaseSync(join(folder, DATABASE_FILE));
    for (const more of ["", "and (started_at < 5 or (started_at = 5 and id < 'x'))"]) {
      const plan = database
        .prepare(
          `explain query plan select id, reason from calls where kind = 'call' ${more}
           order by started_at desc, id desc limit 100`,
        )
        .all();
      const text = JSON.stringify(plan);
      assert.match(text, /USING INDEX calls_kind/);
      assert.doesNotMatch(text, /TEMP B-TREE/);
    }
    database.close();
  }));

test("a second process may write meanwhile", () =>
  inFolder(async (folder) => {
    mkdirSync(folder, { recursive: true });
    const [one, two] = [await openStore(folder), await openStore(folder)];
    assert.ok(one.ok && two.ok);
    await one.value.company.save(company(), 1, NO_AUDIO);
    assert.equal((await two.value.company.save(company(), 2, NO_AUDIO)).version, 2);
    assert.equal((await one.value.company.load())?.version, 2);
    await one.value.close();
    await two.value.close();
  }));
