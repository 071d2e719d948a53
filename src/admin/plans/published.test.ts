import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deskOf, saveCompany } from "../../../test/support/entities.ts";
import { person } from "../../../test/support/person.ts";
import { companySchema } from "../../model/company.ts";
import { openStore } from "../../store/store.ts";
import { PlanDesk } from "./plan-desk.ts";

test("a plan that calls take is told as published, also when its note and its draft cannot be written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-published-"));
  const opened = await openStore(folder);
  assert.ok(opened.ok);
  const store = opened.value;
  try {
    const plan = { name: "main", steps: [{ type: "hangUp", as: "busy" }] };
    const home = { country: "NL", timeZone: "Europe/Amsterdam" };
    await saveCompany(store.company, companySchema.parse({ version: 1, home, phones: [], plans: [plan] }));
    const desk = await deskOf(store.company);
    const full = () => Promise.reject(new Error("database or disk is full"));
    const plans = new PlanDesk({
      desk,
      plans: { ...store.plans, annotate: full, dropDraft: full },
      wall: () => 1,
    });
    const id = desk.entities.get("plan", "main")?.id ?? "";
    const by = person("anna");
    const steps = [{ type: "hangUp", as: "rejected" }];
    assert.ok((await plans.saveDraft(id, { steps }, { by })).ok);
    const made = await plans.publish(id, { note: "why", overwrite: false, by });
    assert.ok(made.ok, made.ok ? "" : made.error.detail);
    assert.deepEqual(
      [made.value.version, made.value.warnings],
      [
        2,
        [
          "The dial plan is published, but its note was not kept: database or disk is full.",
          "The dial plan is published, but its draft is still there: database or disk is full.",
        ],
      ],
    );
    assert.equal(desk.entities.get("plan", "main")?.revision, 2);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
