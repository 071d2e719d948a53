// Over 5 s: a restore is cut at each of its changes, and again at each of the start after it; each writes to the disk.

import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import {
  agree,
  agreedNow,
  BEFORE,
  goBack,
  nextFolder,
  noteReplaced,
  RESTORING,
  replacedBefore,
  takeOver,
} from "./take-over.ts";

const folder = mkdtempSync(join(os.tmpdir(), "switchhook-take-over-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const DATABASE = "switchhook.db";
const REPLACED = { at: 7, by: "anna", why: "backup", made: "2026-11-30", sentence: undefined } as const;
const OURS = ["secret.key", "installation-id", "audio/a.wav", DATABASE];
const OLD = [...OURS, `${DATABASE}-wal`, `${DATABASE}-shm`, "tls/key.pem"];
const STAYS = { "tls/key.pem": "old", "api-token": "token", "backups/x.backup": "kept" };
let count = 0;

function fill(place: string, names: readonly string[], text: string): void {
  for (const name of names) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
}

/** Every file below a folder, and what is in it. */
function filesIn(place: string): Record<string, string> {
  const names = (readdirSync(place, { recursive: true }) as string[]).filter((name) =>
    statSync(join(place, name)).isFile(),
  );
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(place, name), "utf8")]));
}

function withText(names: readonly string[], text: string): Record<string, string> {
  return Object.fromEntries(names.toSorted().map((name) => [name, text]));
}

/** A data folder that was killed in use, and a restore of it that is agreed to. */
function agreed(): string {
  const place = join(folder, String((count += 1)));
  fill(place, OLD, "old");
  fill(place, ["api-token"], "token");
  fill(place, ["backups/x.backup"], "kept");
  const draft = join(place, RESTORING, "draft");
  fill(draft, [...OURS, "audio/b.wav", "tls/key.pem"], "new");
  noteReplaced(place, REPLACED);
  assert.equal(agreedNow(place), undefined);
  agree(place, draft);
  assert.deepEqual(agreedNow(place), REPLACED);
  return place;
}

function assertTaken(place: string, about: string): void {
  const { [BEFORE]: _, ...all } = { ...filesIn(place), [BEFORE]: "" };
  const here = Object.entries(all).filter(([name]) => !name.startsWith(`${BEFORE}/`));
  const wanted = { ...withText([...OURS, "audio/b.wav"], "new"), ...STAYS };
  assert.deepEqual(Object.fromEntries(here), wanted, about);
  const before = { ...filesIn(join(place, BEFORE)) };
  assert.deepEqual({ sentence: undefined, ...JSON.parse(before["replaced.json"] ?? "") }, REPLACED, about);
  delete before["replaced.json"];
  assert.deepEqual(
    before,
    withText(
      OLD.filter((name) => name !== "tls/key.pem"),
      "old",
    ),
    about,
  );
  const left = join(place, RESTORING);
  assert.deepEqual(existsSync(left) ? readdirSync(left) : [], [], about);
}

/** Takes over until the change of this number, which is not made. True: there was none so late. */
function cutAt(place: string, at: number): boolean {
  let made = 0;
  const taken = takeOver(place, DATABASE, () => {
    if (made === at) throw new Error("power");
    made += 1;
  });
  return taken.ok;
}

test("what was agreed to takes the place of what is there, and that is kept; certificates of the machine stay", () => {
  const place = agreed();
  assert.deepEqual(takeOver(place, DATABASE), { ok: true, value: REPLACED });
  assertTaken(place, "");
  assert.deepEqual(replacedBefore(place), REPLACED);
  assert.deepEqual(takeOver(place, DATABASE), { ok: true, value: undefined });
});

test("cut off at any change, and at any change of the start after it, the next one brings it to its end", () => {
  for (let first = 0; ; first += 1) {
    if (cutAt(agreed(), first)) {
      assert.ok(first > 15, `${first} changes`);
      return;
    }
    for (let second = 0; ; second += 1) {
      const place = agreed();
      assert.ok(!cutAt(place, first));
      const isDone = cutAt(place, second);
      const taken = takeOver(place, DATABASE);
      assert.ok(taken.ok, taken.ok ? "" : taken.error);
      assertTaken(place, `cut before change ${first}, then ${second}`);
      if (isDone) break;
    }
  }
});

test("what a command that was killed has left beside the database since the cut goes away, and what belongs to it stays", () => {
  const beside = `${DATABASE}-wal`;
  let planted = 0;
  for (let first = 0; ; first += 1) {
    const place = agreed();
    if (cutAt(place, first)) break;
    if (!existsSync(join(place, RESTORING, "in", DATABASE))) continue;
    planted += 1;
    writeFileSync(join(place, beside), "stale");
    assert.ok(takeOver(place, DATABASE).ok);
    assertTaken(place, `cut before change ${first}`);
  }
  assert.ok(planted > 3, `${planted} times`);
  for (let first = 0; ; first += 1) {
    const place = agreed();
    assert.ok(takeOver(place, DATABASE).ok);
    noteReplaced(place, REPLACED);
    agree(place, join(place, BEFORE));
    const isDone = cutAt(place, first);
    assert.ok(takeOver(place, DATABASE).ok);
    assert.equal(readFileSync(join(place, beside), "utf8"), "old", `cut before change ${first}`);
    if (isDone) break;
  }
});

test("before it is agreed to, whatever lies there is nothing", () => {
  const place = join(folder, "not-agreed");
  fill(place, OLD, "old");
  fill(join(place, RESTORING, "draft"), OURS, "new");
  const before = filesIn(place);
  assert.deepEqual(takeOver(place, DATABASE), { ok: true, value: undefined });
  assert.deepEqual(filesIn(place), before);
});

test("one can go back, and back again", () => {
  const place = agreed();
  assert.ok(takeOver(place, DATABASE).ok);
  const why = { at: 8, by: "bert", why: "back" } as const;
  assert.ok(goBack(place, DATABASE, why).ok);
  const files = filesIn(place);
  for (const name of OLD) assert.equal(files[name], "old", name);
  assert.equal(files[`${BEFORE}/${DATABASE}`], "new");
  assert.equal(replacedBefore(place)?.why, "back");
  assert.ok(goBack(place, DATABASE, why).ok);
  assert.equal(filesIn(place)[DATABASE], "new");
  assert.ok(!existsSync(nextFolder(place)));
});

test("where nothing was replaced there is nothing to go back to", () => {
  const place = join(folder, "nothing");
  fill(place, OLD, "old");
  const back = goBack(place, DATABASE, REPLACED);
  assert.match(back.ok ? "" : back.error, /There is nothing in .* that a restore has replaced/);
  assert.equal(filesIn(place)[DATABASE], "old");
});

test("one that is agreed to is not forgotten for the way back", () => {
  const place = agreed();
  assert.ok(takeOver(place, DATABASE).ok);
  fill(join(place, RESTORING, "draft"), OURS, "newer");
  noteReplaced(place, REPLACED);
  agree(place, join(place, RESTORING, "draft"));
  const back = goBack(place, DATABASE, { at: 9, by: "bert", why: "back" });
  assert.match(back.ok ? "" : back.error, /is agreed to and not at its end/);
  assert.deepEqual(agreedNow(place), REPLACED);
  assert.ok(takeOver(place, DATABASE).ok);
  assert.equal(filesIn(place)[DATABASE], "newer");
});
