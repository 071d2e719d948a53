import assert from "node:assert/strict";
import type { Company } from "../../src/model/company.ts";
import { companyOf } from "../../src/model/entities/difference.ts";
import type { Repositories } from "../../src/model/repositories.ts";
import { saveCompany } from "../support/entities.ts";
import type { Check } from "./store-under-test.ts";
import { byId, company } from "./stored-company.ts";

/** What is stored, as a file would say it. */
async function storedCompany({ company: repository }: Repositories): Promise<Company> {
  return companyOf((await repository.load()).entities);
}

/** What is saved comes back, with versions of plans and what went. */
export function companyContract(check: Check): void {
  check("an empty store has no company", async ({ repositories }) => {
    const { entities, buried } = await repositories.company.load();
    assert.deepEqual([entities.version, [...entities], buried.size], [0, [], 0]);
  });

  check("a saved company comes back the same, also after opening again", async (store) => {
    const saved = await saveCompany(store.repositories.company, company(), 1000);
    assert.equal(saved.version, 1);
    const reopened = await store.reopen();
    const { entities } = await reopened.company.load();
    assert.deepEqual([entities.version, entities.savedAt], [1, 1000]);
    assert.deepEqual(byId(entities), byId(saved));
    assert.deepEqual(companyOf(entities), company());
    const phone = entities.get("phone", "215");
    assert.deepEqual([phone?.revision, phone?.changedBy, phone?.changedAt], [1, "tester", 1000]);
  });

  check("each change is one version more; what it leaves alone keeps its revision", async (store) => {
    const { company: repository } = store.repositories;
    const before = await saveCompany(repository, company(), 1000);
    const { outbound: _, ...smaller } = company(() => ({ groups: [], webhooks: [], plans: [], numbers: [] }));
    assert.equal((await saveCompany(repository, smaller, 2000)).version, 2);
    const { entities } = await repository.load();
    assert.deepEqual(companyOf(entities), smaller);
    assert.equal(entities.savedAt, 2000);
    assert.deepEqual(entities.get("phone", "215"), before.get("phone", "215"));
  });

  check("a plan gets a new version only when it changes, and old versions stay", async (store) => {
    const { company: repository } = store.repositories;
    const other = company(() => ({ plans: [{ name: "main", steps: [{ type: "hangUp", as: "busy" }] }] }));
    const without = { ...company(), numbers: [] };
    const revisionOf = async (one: Company) => (await saveCompany(repository, one)).get("plan", "main");
    const id = (await revisionOf(company()))?.id ?? "";
    assert.equal((await revisionOf(without))?.revision, 1);
    assert.equal((await revisionOf(other))?.revision, 2);
    assert.equal((await revisionOf(company()))?.revision, 3);
    assert.deepEqual(await repository.planVersion(id, 1), company().plans[0]);
    assert.deepEqual(await repository.planVersion(id, 2), other.plans[0]);
    assert.equal(await repository.planVersion(id, 4), undefined);
  });

  check("what goes and comes back is the same thing, and a plan goes on counting", async (store) => {
    const { company: repository } = store.repositories;
    const first = await saveCompany(repository, company(), 1);
    await saveCompany(
      repository,
      company(() => ({ plans: [], numbers: [], groups: [] })),
      2,
    );
    const buried = (await (await store.reopen()).company.load()).buried;
    assert.deepEqual([...buried.keys()].sort(), ["group 300", "number +31501234567", "plan main"]);
    const changed = company(() => ({ plans: [{ name: "main", steps: [{ type: "hangUp", as: "busy" }] }] }));
    const again = await saveCompany((await store.reopen()).company, changed, 3);
    const [was, is] = [first.get("plan", "main"), again.get("plan", "main")];
    assert.deepEqual([is?.id, is?.revision], [was?.id, 2]);
  });

  check("what went is remembered for 30 days", async (store) => {
    const { company: repository } = store.repositories;
    const day = 86_400_000;
    await saveCompany(repository, company(), 1);
    const smaller = company(() => ({ numbers: [] }));
    await saveCompany(repository, smaller, 2);
    const other = { ...smaller, phones: smaller.phones.map((phone) => ({ ...phone, name: "x" })) };
    await saveCompany(repository, other, 2 + 30 * day);
    assert.equal((await repository.load()).buried.size, 1);
    await saveCompany(repository, smaller, 3 + 30 * day);
    assert.equal((await repository.load()).buried.size, 1, "the clock may have leapt");
    await saveCompany(repository, other, 3 + 31 * day);
    assert.equal((await repository.load()).buried.size, 0);
  });

  check("of a plan's versions the newest 100 are kept", async (store) => {
    const { company: repository } = store.repositories;
    let id = "";
    for (let round = 1; round <= 103; round++) {
      const steps = [{ type: "phone" as const, phone: "215", ringSeconds: round }];
      const saved = await saveCompany(
        repository,
        company(() => ({ plans: [{ name: "main", steps }] })),
      );
      id = saved.get("plan", "main")?.id ?? "";
    }
    assert.equal(await repository.planVersion(id, 3), undefined);
    assert.notEqual(await repository.planVersion(id, 4), undefined);
    assert.equal((await repository.load()).entities.get("plan", "main")?.revision, 103);
  });

  check("what a message was converted to is kept", async (store) => {
    const sound = { content: "a".repeat(64), durationMs: 1500 };
    const messages = company(() => ({
      audioMessages: [
        { name: "enter-code", file: "audio/enter-code.wav", sound },
        { name: "never-converted", text: "Hello.", language: "en" },
      ],
      webhooks: [],
      plans: [],
      numbers: [],
    }));
    await saveCompany(store.repositories.company, messages);
    const { entities } = await (await store.reopen()).company.load();
    assert.deepEqual(
      entities.all("audioMessage").map(({ document }) => document.sound),
      [sound, undefined],
    );
  });

  check("the way of sound and the length of a code are kept", async (store) => {
    const [phone] = company().phones;
    const [trunk] = company().trunks;
    const [webhook] = company().webhooks;
    assert.ok(phone !== undefined && trunk !== undefined && webhook !== undefined);
    const wanted = company(() => ({
      phones: [{ ...phone, media: "anchored" }],
      groups: [],
      plans: [],
      numbers: [],
      trunks: [{ ...trunk, media: "passThrough" }],
      webhooks: [{ ...webhook, ivr: { timeoutSeconds: 10, attempts: 3, codeLength: 6 } }],
    }));
    await saveCompany(store.repositories.company, wanted);
    assert.deepEqual(await storedCompany(await store.reopen()), wanted);
  });
}
