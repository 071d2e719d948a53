import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { besideControl } from "../../test/support/control-service.ts";
import { deskOf } from "../../test/support/entities.ts";
import { person } from "../../test/support/person.ts";
import { putEntity } from "../admin/edit-entity.ts";
import type { FileDifference } from "../api/contract/company-file.ts";
import { openStore } from "../store/store.ts";
import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

async function run(folder: string, args: readonly string[]) {
  let [out, err] = ["", ""];
  const output = createOutput(
    (text) => void (out += text),
    (text) => void (err += text),
    100,
  );
  const code = await runProgram(args, {
    output,
    dataDir: join(folder, "d"),
    version: "1",
    loadApp: () => Promise.reject(new Error("not in this test")),
  });
  return { code, out, err };
}

async function renameHere(folder: string): Promise<void> {
  const store = await openStore(join(folder, "d"));
  assert.ok(store.ok);
  const desk = await deskOf(store.value.company, () => Date.parse("2026-11-29T14:21:00Z"));
  const phone = desk.entities.get("phone", "215");
  const document = { ...phone?.document, name: "Front desk" };
  assert.ok((await putEntity(desk, { kind: "phone", id: phone?.id, document }, person("anna"))).ok);
  await store.value.close();
}

/** What a file that is the same, one that changes something else, and one that collides are told. */
async function walk(folder: string): Promise<void> {
  const at = (name: string): string => join(folder, name);
  const same = await run(folder, ["diff", at("all.yaml")]);
  assert.deepEqual(
    [same.code, same.out],
    [0, `Nothing to change: ${at("all.yaml")} is what version 2 has.\n`],
    same.err,
  );
  const other = await run(folder, ["diff", at("other.yaml")]);
  assert.deepEqual(
    [other.code, other.out],
    [0, `  phone 216 changed\nAn apply of ${at("other.yaml")} would make version 3 of version 2.\n`],
    other.err,
  );
  const both = await run(folder, ["diff", at("both.yaml")]);
  assert.equal(both.code, 1);
  assert.match(both.out, /^ {2}phone 216 changed\n$/);
  const sentence = "Phone 215 was changed here by anna on 2026-11-29 14:21 UTC, and in this file as well.";
  assert.ok(both.err.includes(`both.yaml:${lineOf(at("both.yaml"))}:5: phones[0]: ${sentence}\n`), both.err);
  assert.ok(
    both.err.endsWith(`An apply of ${at("both.yaml")} is refused; nothing would be changed.\n`),
    both.err,
  );
  const taken = await run(folder, ["diff", at("both.yaml"), "--overwrite", "--json"]);
  const { applies, changes } = JSON.parse(taken.out) as FileDifference;
  assert.deepEqual(
    [taken.code, applies, changes.map(({ key, what }) => `${key} ${what}`)],
    [0, true, ["215 changed", "216 changed"]],
  );
  const wrong = await run(folder, ["diff", at("wrong.yaml")]);
  assert.deepEqual([wrong.code, wrong.out], [1, ""]);
  assert.match(wrong.err, /wrong\.yaml:\d+:\d+: .*1 error\.\n$/s);
}

function lineOf(file: string): number {
  return (
    readFileSync(file, "utf8")
      .split("\n")
      .findIndex((line) => line.includes('extension: "215"')) + 1
  );
}

test("diff on a data folder and through a running server; apply refuses what collides, by exit code and sentence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-diff-"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  try {
    write("c.yaml", COMPANY_TEXT);
    assert.equal((await run(folder, ["apply", join(folder, "c.yaml")])).code, 0);
    const text = (await run(folder, ["export"])).out;
    const other = text.replace("name: Andrew Garza", "name: A. Garza");
    write("all.yaml", text);
    write("other.yaml", other);
    write("both.yaml", other.replace("name: Reception", "name: Desk"));
    write("wrong.yaml", text.replace("country: NL", "country: XX"));
    await renameHere(folder);
    await walk(folder);
    await besideControl(join(folder, "d"), async () => {
      await walk(folder);
      const applied = await run(folder, ["apply", join(folder, "both.yaml")]);
      assert.equal(applied.code, 1);
      assert.match(applied.err, /changed here by anna on .*\n1 error\.\nNothing has been changed\.\n$/);
    });
    const applied = await run(folder, ["apply", join(folder, "both.yaml"), "--overwrite"]);
    assert.deepEqual([applied.code, applied.out.split("\n")[0]], [0, "  phone 215 changed"], applied.err);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
