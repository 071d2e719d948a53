import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { agree, BEFORE, noteReplaced, RESTORING, replacedBefore } from "../admin/backup/take-over.ts";
import { claimInstance, readInstance, releaseInstance } from "../instance/instance-file.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { openStore } from "../store/store.ts";
import { takingOver } from "./restored.ts";

const folder = mkdtempSync(join(os.tmpdir(), "switchhook-restored-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const ID = "installation-id";
const MADE = "2026-11-30T06:00:00.000Z";

async function fill(place: string, id: string): Promise<void> {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, ID), id);
  const store = await openStore(place);
  assert.ok(store.ok);
  await store.value.close();
}

/** A data folder, and a restore that Anna has agreed to. */
async function agreed(name: string): Promise<{ readonly place: string; readonly draft: string }> {
  const place = join(folder, name);
  const draft = join(place, RESTORING, "draft");
  await fill(place, "old");
  await fill(draft, "new");
  noteReplaced(place, { at: 7, by: "anna", why: "backup", made: MADE });
  return { place, draft };
}

/** Starts in a folder; `fault` is why it does not, by what is there. Each start tells its notes. */
async function start(place: string, fault: (id: string) => string | undefined) {
  const told: { readonly id: string; readonly notes: readonly string[] }[] = [];
  const claim = () => claimInstance(place, { http: "", sip: [] });
  assert.ok(claim().ok);
  const started = await takingOver(place, {
    claim,
    start: async (notes): Promise<Result<string, readonly string[]>> => {
      assert.ok(readInstance(place) !== undefined, "the folder is ours");
      const id = readFileSync(join(place, ID), "utf8");
      told.push({ id, notes });
      const sentence = fault(id);
      if (sentence === undefined) return ok(id);
      releaseInstance(place);
      return err([sentence]);
    },
  });
  return { started, told };
}

const TAKEN = new RegExp(
  `replaced by the backup of ${MADE}, as anna has agreed. "switchhook restore --back"`,
);

test("what was restored is told where it starts, once", async () => {
  const { place, draft } = await agreed("good");
  agree(place, draft);
  const { started, told } = await start(place, () => undefined);
  assert.deepEqual(started, ok("new"));
  assert.match(told[0]?.notes.join() ?? "", TAKEN);
  const again = await start(place, () => undefined);
  assert.deepEqual(again.told, [{ id: "new", notes: [] }]);
});

test("what cannot be used is gone back from, and both are told", async () => {
  const { place, draft } = await agreed("unusable");
  writeFileSync(join(draft, DATABASE_FILE), "no database ".repeat(1000));
  agree(place, draft);
  const fault = (id: string) => (id === "new" ? "The database is damaged." : undefined);
  const { started, told } = await start(place, fault);
  assert.deepEqual(started, ok("old"));
  assert.deepEqual(
    told.map(({ id }) => id),
    ["new", "old"],
  );
  assert.match(told[1]?.notes.join() ?? "", /what was there before is back: The database is damaged\./);
  const { why, sentence } = replacedBefore(place) ?? assert.fail();
  assert.deepEqual([why, sentence], ["failed", "The database is damaged."]);
});

test("where what was restored can be used, and something else is in the way, it stays", async () => {
  const { place, draft } = await agreed("port");
  agree(place, draft);
  const { started, told } = await start(place, () => "The port is taken.");
  assert.equal(told.length, 1);
  const [sentence, note, ...more] = started.ok ? [] : started.error;
  assert.deepEqual([sentence, more], ["The port is taken.", []]);
  assert.match(note ?? "", TAKEN);
  assert.equal(readInstance(place), undefined, "the next start finds the folder free");
  assert.equal(readFileSync(join(place, BEFORE, ID), "utf8"), "old");
  assert.deepEqual((await start(place, () => undefined)).started, ok("new"));
});

test("of two that cannot be used, it does not go from one to the other for ever", async () => {
  const { place, draft } = await agreed("both");
  for (const one of [draft, place]) writeFileSync(join(one, DATABASE_FILE), "no database ".repeat(1000));
  agree(place, draft);
  const { started, told } = await start(place, (id) => `${id} is damaged.`);
  assert.deepEqual(
    told.map(({ id }) => id),
    ["new", "old"],
  );
  const [note, ...more] = started.ok ? [] : started.error;
  assert.match(note ?? "", /what was there before is back: new is damaged\./);
  assert.deepEqual(more, ["old is damaged."]);
});
