import assert from "node:assert/strict";
import { ok } from "../../src/lib/result.ts";
import type { Company } from "../../src/model/company.ts";
import { difference } from "../../src/model/entities/difference.ts";
import type { Entity } from "../../src/model/entities/entities.ts";
import { deskOf, saveCompany } from "../support/entities.ts";
import { person } from "../support/person.ts";
import type { Check } from "./store-under-test.ts";
import { byId, company } from "./stored-company.ts";

/** Changes of a company: whole or not at all, one after the other, and who made them. */
export function companyChangeContract(check: Check): void {
  check("a change that fails changes nothing", async ({ repositories }) => {
    const before = await saveCompany(repositories.company, company());
    const [first] = before.all("phone");
    assert.ok(first !== undefined);
    // Its own checks would have refused two of one name.
    const put = ["217", "215"].map((extension, index) => {
      return { ...first, id: `new${index}`, document: { ...first.document, extension } };
    });
    const delta = { version: before.version + 1, by: "tester", at: 2, put, drop: [] };
    await assert.rejects(repositories.company.commit(delta));
    const { entities } = await repositories.company.load();
    assert.deepEqual([entities.version, byId(entities)], [before.version, byId(before)]);
  });

  check("of two changes that were made from the same, the second is not saved", async ({ repositories }) => {
    const before = await saveCompany(repositories.company, company());
    const [one, other] = before.all("phone");
    assert.ok(one !== undefined && other !== undefined);
    const renamed = (entity: Entity<"phone">, name: string) => ({
      version: before.version + 1,
      by: "tester",
      at: 2,
      put: [{ ...entity, revision: 2, document: { ...entity.document, name } }],
      drop: [],
    });
    const answers = await Promise.all(
      [renamed(one, "first"), renamed(other, "second")].map((delta) => repositories.company.commit(delta)),
    );
    assert.deepEqual(answers, ["committed", "stale"]);
    const names = (await repositories.company.load()).entities
      .all("phone")
      .map(({ document }) => document.name);
    assert.deepEqual(names, ["first", other.document.name]);
  });

  check("two things may change names with each other", async ({ repositories }) => {
    const before = await saveCompany(repositories.company, company());
    const [one, other] = before.all("phone");
    assert.ok(one !== undefined && other !== undefined);
    const put = [
      { ...one, document: { ...one.document, extension: "216" } },
      { ...other, document: { ...other.document, extension: "215" } },
    ];
    const delta = { version: before.version + 1, by: "tester", at: 2, put, drop: [] };
    assert.equal(await repositories.company.commit(delta), "committed");
    const { entities } = await repositories.company.load();
    assert.deepEqual(
      [entities.get("phone", "215")?.id, entities.get("phone", "216")?.id],
      [other.id, one.id],
    );
  });

  check(
    "what was changed since a version is known, with its secret for 30 days, and by whom last",
    async (store) => {
      const { company: repository } = store.repositories;
      const day = 86_400_000;
      let at = day;
      const desk = await deskOf(repository, () => at);
      const made = await desk.change<never>(person("tester"), (before) => ok(difference(before, company())));
      assert.ok(made.ok);
      const phone = desk.entities.all("phone")[0] ?? assert.fail();
      const put = (by: string, document: typeof phone.document) =>
        desk.change<never>(person(by), () => ok([{ type: "put", kind: "phone", id: phone.id, document }]));
      await put("anna", { ...phone.document, name: "one", password: "another-one" });
      at += 1;
      await put("bert", { ...phone.document, name: "two" });
      const since = await repository.since(1);
      assert.deepEqual(
        [...(since?.formers ?? [])],
        [
          [
            phone.id,
            {
              kind: "phone",
              document: phone.document,
              position: phone.position,
              changedBy: "bert",
              changedAt: at,
            },
          ],
        ],
      );
      assert.match(since?.mark ?? "", /^[0-9a-f]{12}$/);
      assert.notEqual((await repository.since(2))?.mark, since?.mark);
      assert.equal((await repository.since(3))?.formers.size, 0);
      assert.equal(await repository.since(4), undefined);
      const former = async () => (await repository.since(1))?.formers.get(phone.id)?.document;
      at += 31 * day;
      await put("anna", { ...phone.document, name: "three" });
      // The clock may have leapt.
      assert.deepEqual(await former(), phone.document);
      at += 2 * day;
      await put("anna", { ...phone.document, name: "four" });
      assert.deepEqual(await former(), { ...phone.document, password: "***" });
    },
  );

  check("a clock that leaps deletes nothing of the trash and of the audit log for a day", async (store) => {
    const { company: repository, audit } = store.repositories;
    const day = 86_400_000;
    let at = 1000 * day;
    const desk = await deskOf(repository, () => at);
    const { outbound: _, ...smaller } = company(() => ({ groups: [], webhooks: [], plans: [], numbers: [] }));
    const become = async (wanted: Company) =>
      assert.ok((await desk.change<never>(person("anna"), (before) => ok(difference(before, wanted)))).ok);
    const trashed = async () => (await repository.trash({ limit: 9 })).length > 0;
    const entries = async () => (await audit.list({ limit: 9 })).map(({ version }) => version);
    await become(company());
    await become(smaller);
    at += 3 * 365 * day;
    for (const name of ["one", "two"]) {
      await become({ ...smaller, phones: company().phones.map((phone) => ({ ...phone, name })) });
      assert.deepEqual([await trashed(), (await entries()).length], [true, name === "one" ? 3 : 4]);
    }
    at += day;
    await become(smaller);
    assert.deepEqual([await trashed(), await entries()], [false, [5, 4, 3]]);
  });

  check("an entry that a slow clock has dated takes none of the audit log with it", async (store) => {
    const { audit } = store.repositories;
    const note = (at: number) =>
      audit.append({ at, by: "anna", what: "signIn", version: undefined, changes: [] });
    const now = 1_700_000_000_000;
    for (const at of [now, 0, now + 1, now + 86_400_001]) await note(at);
    assert.deepEqual(
      (await audit.list({ limit: 9 })).map(({ id }) => id),
      [4, 3, 2, 1],
    );
  });

  check("a file that was applied is known by its text, and whether it keeps what is there", async (store) => {
    const { company: repository } = store.repositories;
    const desk = await deskOf(repository, () => 5);
    const file = { file: "c.yaml", hash: "a".repeat(64), keeps: true, hasAll: () => true };
    const made = await desk.change<never>(
      person("anna"),
      (before) => ok(difference(before, company())),
      file,
    );
    assert.ok(made.ok);
    assert.deepEqual(
      [await repository.wasApplied(file.hash), await repository.wasApplied("b".repeat(64))],
      [true, false],
    );
    const { kept, lastApplied } = await repository.load();
    assert.deepEqual([kept, lastApplied], [{ file: "c.yaml", appliedAt: 5, appliedBy: "anna" }, 1]);
    const refused = await desk.change<never>(person("bert"), () => ok([]));
    assert.ok(!refused.ok && refused.error.code === "kept");
    await desk.takeOver(person("bert"));
    assert.equal((await repository.load()).kept, undefined);
    assert.ok((await desk.change<never>(person("bert"), () => ok([]))).ok);
    const [entry] = await store.repositories.audit.list({ limit: 1 });
    assert.deepEqual([entry?.what, entry?.by], ["takeOver", "bert"]);
  });

  check("changes that are asked for together are done one after the other", async ({ repositories }) => {
    const desk = await deskOf(repositories.company);
    const saves = Array.from({ length: 10 }, (_, index) => {
      const phones = company().phones.map((phone) => ({ ...phone, name: `round ${index}` }));
      return desk.change<never>(person("tester"), (before) =>
        ok(difference(before, { ...company(), phones })),
      );
    });
    const versions = (await Promise.all(saves)).map((made) => made.ok && made.value.entities.version);
    assert.deepEqual(versions, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
}
