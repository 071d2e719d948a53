// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { createGzip } from "node:zlib";
import { COMPANY_WITH_AUDIO_TEXT } from "../../test/fakes/company-text.ts";
import { person } from "../../test/support/person.ts";
import { closeEnvelope } from "../admin/backup/frames.ts";
import { restoreBackup } from "../admin/backup/restore.ts";
import { agree, noteReplaced, RESTORING, takeOver } from "../admin/backup/take-over.ts";
import { Desk } from "../admin/desk.ts";
import { putEntity } from "../admin/edit-entity.ts";
import { err, ok } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { openStore, type Store } from "../store/store.ts";
import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

const SOUND = "ab".repeat(32);
const PASSPHRASE = "four words of one";

async function run(args: readonly string[], password?: string) {
  let [out, err] = ["", ""];
  const output = createOutput(
    (text) => void (out += text),
    (text) => void (err += text),
    100,
  );
  const code = await runProgram(args, {
    output,
    dataDir: "none",
    version: "1.2.3",
    readPassword: async () => password,
    loadApp: () => Promise.reject(new Error("not in this test")),
  });
  return { code, out, err };
}

interface Place {
  readonly folder: string;
  /** In that folder. */
  readonly at: (name: string) => string;
  readonly store: Store;
  readonly desk: Desk;
}

/** A data folder `d` with a company in it, and its store open as a server's is. */
async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-backup-"));
  const at = (name: string): string => join(folder, name);
  try {
    writeFileSync(at("c.yaml"), COMPANY_WITH_AUDIO_TEXT.replace(/audioMessages:[^]*?\n\n/, ""));
    const text = readFileSync(at("c.yaml"), "utf8").replaceAll(/(enter|wrong)-code(?=[,} ])/g, "en/$1-code");
    writeFileSync(at("c.yaml"), text);
    const applied = await run(["apply", at("c.yaml"), "--data", at("d")]);
    assert.equal(applied.code, 0, applied.err);
    mkdirSync(at("d/audio"), { recursive: true });
    writeFileSync(at(`d/audio/${SOUND}.wav`), "sound".repeat(100_000));
    writeFileSync(at("d/audio/.draft-1"), "not whole");
    mkdirSync(at("d/tls"));
    writeFileSync(at("d/tls/privkey.pem"), "key");
    const store = await openStore(at("d"));
    assert.ok(store.ok);
    const wall = (): number => systemClock.wall();
    const repository = store.value.company;
    const desk = await Desk.open({ repository, ids: randomIds(), wall, publish: async () => true });
    try {
      await work({ folder, at, store: store.value, desk });
    } finally {
      await store.value.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const exported = async (data: string): Promise<string> =>
  (await run(["export", "--with-secrets", "--data", data])).out;

for (const passphrase of [undefined, PASSPHRASE]) {
  const how = passphrase === undefined ? "in clear" : "sealed with a passphrase";
  test(`a backup ${how}, taken while changes are made, is one moment of them, passwords and sound included`, () =>
    inPlace(async ({ at, desk }) => {
      const taking = { isOver: false };
      let edits = 0;
      const edit = async (): Promise<void> => {
        if (taking.isOver) return;
        const { id, document } = desk.entities.all("phone")[edits % 2] ?? assert.fail();
        const named = { ...document, name: `N ${edits}` };
        assert.ok((await putEntity(desk, { kind: "phone", id, document: named }, person("a"))).ok);
        edits += 1;
        setImmediate(() => void edit());
      };
      await edit();
      const flags = passphrase === undefined ? [] : ["--passphrase"];
      const made = await run(["backup", at("b"), "--data", at("d"), ...flags], passphrase);
      taking.isOver = true;
      await desk.last;
      assert.deepEqual([made.code, /^Written to .*: 4 files, /.test(made.out)], [0, true], made.err);
      assert.equal(readFileSync(at("b")).includes("correct-horse"), false);
      // Where a disk is mounted, with what a restore has left that was killed.
      mkdirSync(at("new/lost+found"), { recursive: true });
      mkdirSync(at("new/.restore-999999999/audio"), { recursive: true });
      const place = statSync(at("new")).ino;
      const restored = await run(["restore", at("b"), "--data", at("new")], passphrase);
      assert.equal(restored.code, 0, restored.err);
      assert.equal(statSync(at("new")).ino, place, "the folder itself stays");
      const names = ["audio", "lost+found", "secret.key", DATABASE_FILE, "tls"];
      assert.deepEqual(readdirSync(at("new")).sort(), names.sort());
      assert.equal(readFileSync(at("new/tls/privkey.pem"), "utf8"), "key");
      assert.equal(readFileSync(at(`new/audio/${SOUND}.wav`), "utf8"), "sound".repeat(100_000));
      const text = await exported(at("new"));
      assert.match(text, /correct-horse/);
      // What was so at one moment, and not more than what was done by then.
      const version = Number(/basedOn: (\d+)/.exec(text)?.[1]);
      assert.ok(version >= 1 && version <= desk.entities.version);
      assert.ok(edits > 0);
    }));
}

test("what cannot be used is refused by a sentence, and the data folder stays as it was", () =>
  inPlace(async ({ at, folder }) => {
    assert.equal((await run(["backup", at("b"), "--data", at("d")])).code, 0);
    assert.equal((await run(["backup", at("s"), "--data", at("d"), "--passphrase"], PASSPHRASE)).code, 0);
    const before = readdirSync(folder).sort();
    const refused = async (file: string, sentence: RegExp, password?: string): Promise<void> => {
      const answer = await run(["restore", at(file), "--data", at("new")], password);
      assert.deepEqual([answer.code, answer.out], [1, ""], answer.err);
      assert.match(answer.err, sentence);
      assert.equal(existsSync(at("new")), false);
    };
    await refused("none", /^There is no file /);
    await refused("c.yaml", /^This is no backup of Switchhook\.\n$/);
    const whole = readFileSync(at("b"));
    for (const part of [30 / whole.length, 0.1, 0.5, 0.9, 0.999]) {
      writeFileSync(at("cut"), whole.subarray(0, Math.floor(whole.length * part)));
      await refused("cut", /^The backup is cut short: its end is missing\.\n$/);
    }
    for (const place of [0.3, 0.7]) {
      const changed = Buffer.from(whole);
      const index = Math.floor(changed.length * place);
      changed[index] = (changed[index] ?? 0) ^ 1;
      writeFileSync(at("cut"), changed);
      await refused("cut", /^The backup is damaged: it is not as it was written\.\n$/);
    }
    await refused("s", /^The passphrase is wrong, or the backup is damaged\.\n$/, "another passphrase");
    await refused("s", /^The backup is sealed, and no passphrase was given\.\n$/);
    rmSync(at("cut"));
    assert.deepEqual(readdirSync(folder).sort(), before, "nothing half done lies about");
    mkdirSync(at("there"));
    assert.equal((await run(["restore", at("cut"), "--data", at("there")])).code, 1);
    writeFileSync(at("cut"), whole.subarray(0, Math.floor(whole.length / 2)));
    assert.equal((await run(["restore", at("cut"), "--data", at("there")])).code, 1);
    assert.deepEqual(readdirSync(at("there")), [], "nor in the folder");
    const onto = await run(["restore", at("b"), "--data", at("d")]);
    assert.deepEqual([onto.code, /is not empty: .* Nothing was changed\.\n$/.test(onto.err)], [1, true]);
    const again = await run(["backup", at("b"), "--data", at("d")]);
    assert.deepEqual(
      [again.code, again.err],
      [3, `${at("b")} is there already; a backup takes the place of nothing.\n`],
    );
    assert.equal((await run(["backup", at("x"), "--data", at("d"), "--passphrase"], "short")).code, 2);
    assert.equal((await run(["backup", at("x"), "--data", at("nowhere")])).code, 3);
  }));

test("what comes into the folder while a backup is unpacked stays: a server's files, another restore's draft", () =>
  inPlace(async ({ at }) => {
    // The certificates are somebody else's, and none of them keeps a backup from being made.
    symlinkSync(at("gone"), at("d/tls/dangling.pem"));
    mkdirSync(at("d/tls/folder.pem"));
    const made = await run(["backup", at("b"), "--data", at("d")]);
    assert.match(
      made.err,
      /^Not in it, for it cannot be read as a file: tls\/dangling\.pem, tls\/folder\.pem\.$/m,
    );
    assert.deepEqual([made.code, /^Written to .*: 4 files, /.test(made.out)], [0, true], made.err);
    const other = `.restore-${process.ppid}`;
    for (const [checked, sentence] of [
      [ok(undefined), /is not empty: .* Nothing was changed\.$/],
      [err("It is of no use."), /^It is of no use\.$/],
    ] as const) {
      const restored = await restoreBackup(at("b"), {
        dataDir: at("new"),
        database: DATABASE_FILE,
        passphrase: async () => undefined,
        check: async () => {
          mkdirSync(at(`new/${other}`));
          writeFileSync(at(`new/${DATABASE_FILE}`), "a server's");
          return checked;
        },
      });
      assert.match(restored.ok ? "" : restored.error, sentence);
      assert.deepEqual(readdirSync(at("new")).sort(), [other, DATABASE_FILE].sort());
      assert.equal(readFileSync(at(`new/${DATABASE_FILE}`), "utf8"), "a server's");
      rmSync(at("new"), { recursive: true });
    }
    mkdirSync(at(`new/${other}`), { recursive: true });
    assert.equal((await run(["restore", at("b"), "--data", at("new")])).code, 0);
    assert.ok(existsSync(at(`new/${other}`)));
  }));

test("a backup of a newer release is refused by name, and so is one that names a file outside", () =>
  inPlace(async ({ at, store }) => {
    await store.close();
    const database = new DatabaseSync(at(`d/${DATABASE_FILE}`));
    database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01')");
    database.close();
    assert.equal((await run(["backup", at("b"), "--data", at("d")])).code, 0);
    const newer = await run(["restore", at("b"), "--data", at("new")]);
    assert.match(newer.err, /^The backup was made by a newer release of Switchhook, .*9999-later/);
    assert.equal(existsSync(at("new")), false);
    for (const name of [
      "../outside",
      "audio/../../outside",
      "tls/../../o.pem",
      "/outside",
      "instance.json",
      "tls/a/b.pem",
    ]) {
      const content = Readable.from([
        `${JSON.stringify({ name, size: 1 })}\nx${JSON.stringify({ files: 1 })}\n`,
      ]).pipe(createGzip());
      const closed = closeEnvelope(content, { version: "1", passphrase: undefined });
      writeFileSync(at("b"), await buffer(closed));
      const restored = await restoreBackup(at("b"), {
        dataDir: at("new"),
        database: DATABASE_FILE,
        passphrase: async () => undefined,
        check: async () => ok(undefined),
      });
      assert.match(restored.ok ? "" : restored.error, /^The backup is damaged/);
      assert.equal(existsSync(at("outside")), false);
    }
  }));

test("with no server, --back goes to what was there: who was signed in then is not, and the audit log says who did it", () =>
  inPlace(async ({ at, store }) => {
    const [id, userId, hash] = ["s", "u", "ab".repeat(32)];
    const user = {
      id: userId,
      name: "Anna",
      role: "administrator",
      passwordHash: undefined,
      totp: undefined,
      openId: undefined,
      revision: 1,
      createdAt: 1,
      changedAt: 1,
      changedBy: "test",
    } as const;
    const seen = { createdAt: 1, lastSeenAt: 1, address: "", agent: "", byLink: false };
    const changes = [
      { type: "user", user },
      { type: "session", session: { id, hash, userId, ...seen } },
    ] as const;
    await store.accounts.apply(changes, []);
    assert.equal((await store.accounts.load()).sessions.length, 1);
    await store.close();
    assert.equal((await run(["backup", at("b"), "--data", at("d")])).code, 0);
    const none = await run(["restore", "--back", "--data", at("d")]);
    assert.deepEqual([none.code, none.err.startsWith("There is nothing in ")], [1, true], none.err);
    const replacing = await run(["restore", at("b"), "--replace", "--data", at("d")]);
    assert.deepEqual(
      [replacing.code, replacing.err.startsWith("No server runs in ")],
      [3, true],
      replacing.err,
    );
    const draft = at(`d/${RESTORING}/draft`);
    mkdirSync(at(`d/${RESTORING}`));
    assert.equal((await run(["restore", at("b"), "--data", draft])).code, 0);
    noteReplaced(at("d"), { at: 1, by: "Anna", why: "backup" });
    agree(at("d"), draft);
    const early = await run(["restore", "--back", "--data", at("d")]);
    assert.deepEqual([early.code, /is agreed to and not at its end/.test(early.err)], [1, true], early.err);
    assert.ok(takeOver(at("d"), DATABASE_FILE).ok);
    const back = await run(["restore", "--back", "--data", at("d")]);
    assert.equal(back.code, 0, back.err);
    assert.equal(existsSync(at("d/instance.json")), false);
    const now = await openStore(at("d"));
    assert.ok(now.ok);
    const { users, sessions } = await now.value.accounts.load();
    const [entry] = await now.value.audit.list({ limit: 1 });
    await now.value.close();
    assert.deepEqual([users.length, sessions.length], [1, 0]);
    assert.deepEqual([entry?.what, entry?.by], ["restoreUndone", "switchhook restore --back"]);
  }));

test("a time to wait that is blank or no number of seconds is refused, before anything is asked for", async () => {
  for (const wait of ["", " ", "-1", "1.5", "1e2", "0x10", "3601"]) {
    const ended = await run(["restore", "a.backup", "--replace", `--wait=${wait}`, "--data", "none"]);
    assert.deepEqual(
      ended,
      { code: 2, out: "", err: "--wait is a number of seconds from 0 to 3600.\n" },
      wait,
    );
  }
  assert.match(
    (await run(["restore", "a.backup", "--replace", "--wait=3600", "--data", "none"])).err,
    /^No server/,
  );
});
