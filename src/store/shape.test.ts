import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { saveCompany } from "../../test/support/entities.ts";
import { readCompany } from "../company/file.ts";
import { companyOf } from "../model/entities/difference.ts";
import { DATABASE_FILE } from "./database-file.ts";
import { openStore } from "./store.ts";

test("a plan that an older release took, whatever its name, loads where its row is checked again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-shape-"));
  const store = await openStore(folder);
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(store.ok && read.ok);
  const { company: repository } = store.value;
  const raw = new DatabaseSync(join(folder, DATABASE_FILE));
  try {
    const { company } = read.value;
    const plans = company.plans.map((plan) => ({ ...plan, name: `${plan.name} ` }));
    await saveCompany(repository, { ...company, plans, numbers: [] });
    raw.exec("update entities set shape = '' where key = 'main '");
    const { entities } = await repository.load();
    assert.equal(entities.get("plan", "main ")?.document.name, "main ");
  } finally {
    raw.close();
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("11.7: a row of another shape gets today's defaults and is checked once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-shape-"));
  const store = await openStore(folder);
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(store.ok && read.ok);
  const { company: repository } = store.value;
  const raw = new DatabaseSync(join(folder, DATABASE_FILE));
  try {
    const saved = companyOf(await saveCompany(repository, read.value.company));
    const row = (): unknown =>
      raw.prepare("select shape, json_extract(document, '$.media') from entities where key = '215'").get();
    const before = row();
    raw.exec("update entities set shape = '', document = json_remove(document, '$.media') where key = '215'");
    assert.notDeepEqual(row(), before);
    assert.deepEqual(companyOf((await repository.load()).entities), saved);
    assert.deepEqual(row(), before);
    raw.exec("update entities set shape = '', document = '{}' where key = '215'");
    await assert.rejects(repository.load());
  } finally {
    raw.close();
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
