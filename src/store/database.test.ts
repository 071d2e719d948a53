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
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { test } from "node:test";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { saveCompany } from "../../test/support/entities.ts";
import { readCompany } from "../company/file.ts";
import type { CallKind } from "../model/call-record.ts";
import { toCallRow } from "../model/call-row.ts";
import { companyOf } from "../model/entities/difference.ts";
import { openDatabase } from "./database.ts";
import { DATABASE_FILE } from "./database-file.ts";
import { migrations } from "./migrations/index.ts";
import { KEY_FILE, openSeal } from "./seal.ts";
import { NodeSqlite } from "./sqlite.ts";
import { openStore } from "./store.ts";

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
    await saveCompany(store.value.company, company());
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
    await saveCompany(store.value.company, company());
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

test("a URL between line ends stays a URL, and the key in it a secret, at the next start too", () =>
  inFolder(async (folder) => {
    const urlTemplate = "https://crm.example/route?key=hook-secret";
    const written = `\n ${urlTemplate}\n`;
    const read = readCompany(
      COMPANY_TEXT.replace(/urlTemplate: "http:.*"/, `urlTemplate: ${JSON.stringify(written)}`),
      "c.yaml",
    );
    assert.ok(read.ok);
    assert.equal(read.value.company.webhooks[0]?.urlTemplate, urlTemplate);
    // As a release stored it that took the line ends for a part of it.
    const store = await openStore(folder);
    assert.ok(store.ok);
    const webhooks = company().webhooks.map((webhook) =>
      webhook.name === "CRM" ? { ...webhook, urlTemplate: `\n ${urlTemplate}` } : webhook,
    );
    await saveCompany(store.value.company, { ...company(), webhooks });
    await store.value.close();
    const again = await openStore(folder);
    assert.ok(again.ok);
    const stored = (await again.value.company.load()).entities.get("webhook", "CRM")?.document;
    assert.deepEqual([stored?.urlTemplate, stored?.description], [urlTemplate, "Looks the caller up"]);
    await again.value.close();
  }));

/** A database as an earlier release has left it, up to a migration. */
async function earlier(folder: string, migration: string): Promise<DatabaseSync> {
  const file = join(folder, DATABASE_FILE);
  const sqlite = new NodeSqlite(file);
  const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error } = await new Migrator({ db: database, provider }).migrateTo(migration);
  assert.equal(error, undefined);
  await database.destroy();
  return new DatabaseSync(file);
}

/** A row, whatever columns its table has. */
function insert(database: DatabaseSync, table: string, row: Readonly<Record<string, SQLInputValue>>): void {
  const marks = Object.keys(row).map(() => "?");
  database
    .prepare(`insert into ${table} (${Object.keys(row).join(", ")}) values (${marks.join(", ")})`)
    .run(...Object.values(row));
}

test("X8: rows that were there before kinds were told apart are told apart by what they hold", () =>
  inFolder(async (folder) => {
    const old = await earlier(folder, "0002-audio");
    const refused = { result: "refused", missed: true } as const;
    const records = [
      callRecord("aa", 1),
      callRecord("bb", 2, { ...refused, origin: "stranger at 203.0.113.1" }),
      callRecord("cc", 3, { ...refused, origin: "stranger at 2001:db8::1", called: "(registration)" }),
      callRecord("dd", 4, { ...refused, origin: 'trunk "stranger at sea"' }),
      callRecord("ee", 5, { ...refused, origin: "phone 215" }),
    ];
    for (const row of records.map(toCallRow)) {
      insert(old, "calls", {
        id: row.id,
        started_at: row.startedAt,
        answered_at: row.answeredAt ?? null,
        ended_at: row.endedAt,
        caller: row.caller,
        caller_name: row.callerName,
        called: row.called,
        origin: row.origin,
        plan: row.plan ?? null,
        result: row.result,
        reason: row.reason,
        missed: row.missed ? 1 : 0,
        answered_by: row.answeredBy ?? null,
        trace: row.trace,
      });
    }
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

test("lists of an earlier release become entities: secrets open, plans go on counting, order stays", () =>
  inFolder(async (folder) => {
    const old = await earlier(folder, "0003-kinds");
    const seal = openSeal(folder, true);
    assert.ok(seal.ok);
    const { home, security, outbound, ...lists } = company();
    const document = JSON.stringify({ version: 1, home, security, outbound });
    insert(old, "installation", { id: 1, version: 7, saved_at: 1000, document });
    const sound = { content: "a".repeat(64), durationMs: 1500 };
    for (const [position, { password, ...phone }] of lists.phones.entries()) {
      const secret = seal.value.close(password ?? "", `phones ${phone.extension}`);
      insert(old, "phones", { name: phone.extension, position, document: JSON.stringify(phone), secret });
    }
    for (const [position, group] of lists.groups.entries())
      insert(old, "groups", { name: group.extension, position, document: JSON.stringify(group) });
    for (const [position, { credentials, ...trunk }] of lists.trunks.entries()) {
      const kept = credentials && { credentials: { username: credentials.username } };
      const rest = JSON.stringify({ ...trunk, ...kept });
      const password = credentials?.password;
      const secret = password === undefined ? null : seal.value.close(password, `trunks ${trunk.name}`);
      insert(old, "trunks", { name: trunk.name, position, document: rest, secret });
    }
    for (const [position, { urlTemplate, description, ...webhook }] of lists.webhooks.entries()) {
      const rest = JSON.stringify({ ...webhook, urlTemplate: "", description: "" });
      const text = description === "" ? urlTemplate : `${urlTemplate}\n${description}`;
      const secret = seal.value.close(text, `webhooks ${webhook.name}`);
      insert(old, "webhooks", { name: webhook.name, position, document: rest, secret });
    }
    const message = JSON.stringify({ name: "hold", file: "hold.wav" });
    const made = { content: sound.content, duration_ms: sound.durationMs };
    insert(old, "audio_messages", { name: "hold", position: 0, document: message, ...made });
    const [plan] = lists.plans;
    const [busy] = [{ name: "gone", steps: [{ type: "hangUp", as: "busy" }] }];
    for (const [name, version, written] of [
      ["main", 4, plan],
      ["gone", 2, busy],
    ] as const)
      insert(old, "plan_versions", {
        name,
        version,
        document: JSON.stringify(written),
        published_at: 900,
      });
    insert(old, "plans", { name: "main", position: 0, version: 4 });
    for (const [position, number] of lists.numbers.entries())
      insert(old, "numbers", {
        name: number.number,
        position,
        document: JSON.stringify(number),
        plan: number.plan ?? null,
      });
    old.close();
    const store = await openStore(folder);
    assert.ok(store.ok);
    const { entities, buried } = await store.value.company.load();
    assert.deepEqual([entities.version, entities.savedAt], [7, 1000]);
    assert.deepEqual(companyOf(entities), {
      ...company(),
      audioMessages: [{ name: "hold", file: "hold.wav" }],
    });
    assert.deepEqual(entities.get("audioMessage", "hold")?.document.sound, sound);
    const main = entities.get("plan", "main");
    assert.equal(main?.revision, 4);
    assert.deepEqual(await store.value.company.planVersion(main.id, 4), plan);
    const gone = buried.get("plan gone");
    assert.equal(gone?.revision, 2);
    assert.deepEqual(await store.value.company.planVersion(gone.id, 2), busy);
    // What is changed is sealed for its entity from then on.
    const phones = company().phones.map((phone) => ({ ...phone, name: "other" }));
    await saveCompany(store.value.company, { ...company(), phones, plans: [...lists.plans, busy as never] });
    const again = (await store.value.company.load()).entities;
    assert.equal(again.get("phone", "215")?.document.password, "correct-horse");
    assert.equal(again.get("plan", "gone")?.revision, 3);
    await store.value.close();
  }));

test("a call of the release before blocks is whole, and the steps that it took are there", () =>
  inFolder(async (folder) => {
    const old = await earlier(folder, "0010-call-list");
    const { id, startedAt, endedAt, caller, called, origin, reason, trace } = toCallRow(callRecord("aa", 5));
    insert(old, "calls", {
      id,
      caller,
      called,
      origin,
      reason,
      trace,
      caller_name: "Jan",
      result: "completed",
      missed: 0,
      started_at: startedAt,
      ended_at: endedAt,
      kind: "call",
      attempts: 1,
    });
    const step = { plan_id: "p1", started_at: 5, version: 3, path: "1 2*", is_open: 0 };
    insert(old, "call_steps", { call_id: "aa", ...step });
    old.close();
    const store = await openStore(folder);
    assert.ok(store.ok);
    const kept = await store.value.calls.get("aa");
    assert.deepEqual([kept?.story.length, kept?.sip.length], [1, 1]);
    const [path] = await store.value.plans.paths("p1", 0, 9);
    assert.deepEqual([path?.callId, path?.version, path?.path.length], ["aa", 3, 2]);
    await store.value.close();
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
      assert.match(text, /USING INDEX calls_list/);
      assert.doesNotMatch(text, /TEMP B-TREE/);
    }
    database.close();
  }));

test("a second process may write meanwhile", () =>
  inFolder(async (folder) => {
    mkdirSync(folder, { recursive: true });
    const [one, two] = [await openStore(folder), await openStore(folder)];
    assert.ok(one.ok && two.ok);
    await saveCompany(one.value.company, company());
    const smaller = { ...company(), numbers: [] };
    assert.equal((await saveCompany(two.value.company, smaller)).version, 2);
    assert.equal((await one.value.company.load()).entities.version, 2);
    await one.value.close();
    await two.value.close();
  }));

test("F2: a transaction that finds no room fails with that reason, not with that there is nothing to roll back", async () => {
  const sqlite = new NodeSqlite(":memory:");
  const database = new Kysely<{ t: { c: Uint8Array } }>({ dialect: new SqliteDialect({ database: sqlite }) });
  sqlite.prepare("create table t (c blob)").run([]);
  sqlite.prepare("pragma max_page_count = 4").all([]);
  const insert = (size: number) =>
    database.transaction().execute((transaction) =>
      transaction
        .insertInto("t")
        .values({ c: new Uint8Array(size) })
        .execute(),
    );
  await assert.rejects(insert(100_000), /database or disk is full/);
  await insert(10);
  assert.equal((await database.selectFrom("t").select("c").execute()).length, 1);
  await database.destroy();
});

test("a downgrade says no by name, and changes nothing", () =>
  inFolder(async (folder) => {
    const store = await openStore(folder);
    assert.ok(store.ok);
    await store.value.close();
    const file = join(folder, DATABASE_FILE);
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01')");
    database.close();
    const before = readFileSync(file);
    assert.match(
      await refusal(folder),
      /written by a newer release of Switchhook, which this one does not know \(9999-later\)/,
    );
    assert.deepEqual(readFileSync(file), before);
  }));

test("E7: a migration that fails is told with its reason, and the schema before is still there", () =>
  inFolder(async (folder) => {
    const old = await earlier(folder, "0013-sign-ins");
    const schema = (database: DatabaseSync) =>
      database.prepare("select sql from sqlite_master order by name").all();
    // Something that is in the way of the newest.
    old.exec("create table former_parts (x text)");
    const before = schema(old);
    old.close();
    const opened = await openDatabase(folder);
    assert.match(
      opened.ok ? "" : opened.error,
      /cannot be brought up to date: table "former_parts" already exists\.$/,
    );
    const after = new DatabaseSync(join(folder, DATABASE_FILE));
    assert.deepEqual(schema(after), before);
    after.close();
  }));
