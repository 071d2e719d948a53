import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COMPANY_TEXT } from "../../../test/fakes/company-text.ts";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { callRecord } from "../../../test/support/call-record.ts";
import { entitiesOf } from "../../../test/support/entities.ts";
import { person } from "../../../test/support/person.ts";
import { readCompany } from "../../company/file.ts";
import type { CallRecord } from "../../model/call-record.ts";
import { Desk } from "../desk.ts";
import { putEntity } from "../edit-entity.ts";
import { CallFixes } from "./fixes.ts";

const company = readCompany(COMPANY_TEXT, "c.yaml");
assert.ok(company.ok);
const stored = entitiesOf(company.value.company);

async function bench(change: Partial<CallRecord>) {
  const record = callRecord("aa11", 1, {
    result: "refused",
    plan: undefined,
    answeredAt: undefined,
    ...change,
  });
  const desk = await Desk.open({
    repository: {
      load: async () => ({ entities: stored, buried: new Map(), kept: undefined, lastApplied: undefined }),
      commit: async () => "committed",
      planVersion: async () => undefined,
      trash: async () => [],
      trashed: async () => undefined,
      trashedSound: async () => new Set(),
      noteApplied: async () => {},
      wasApplied: async () => false,
      takeOver: async () => {},
      since: async () => undefined,
    },
    ids: seededIds(1),
    wall: () => 1000,
    publish: async () => true,
  });
  return { desk, fixes: new CallFixes(desk, { get: async (id) => (id === "aa11" ? record : undefined) }) };
}

describe("a call that was refused", () => {
  test("for a number that is none of ours: the number is added with a plan", async () => {
    const { desk, fixes } = await bench({ called: "+31501234999", origin: 'trunk "carrier"' });
    const [offer, ...rest] = (await fixes.offered("aa11")) ?? [];
    assert.equal(rest.length, 0);
    assert.deepEqual([offer?.fix, offer?.choices], ["givePlan", ["main"]]);
    assert.match(
      offer?.permits ?? "",
      /^\+31501234999 becomes a number of this installation\. Whoever calls/,
    );
    const made = await fixes.make("aa11", "givePlan", {}, person("anna"));
    assert.ok(made.ok);
    assert.deepEqual(desk.entities.get("number", "+31501234999")?.document.plan, "main");
    assert.equal(desk.entities.get("number", "+31501234999")?.changedBy, "anna");
    const wrong = await fixes.make("aa11", "givePlan", { name: "no such" }, person("anna"));
    assert.deepEqual(wrong, { ok: false, error: { code: "noSuchChoice", choices: ["main"] } });
  });

  test("from an unknown address: the address is added to the trunk that is named, and to no other", async () => {
    const { desk, fixes } = await bench({
      kind: "stranger",
      caller: "x",
      origin: "stranger at 198.51.100.9",
    });
    const [offer] = (await fixes.offered("aa11")) ?? [];
    assert.equal(offer?.fix, "trustAddress");
    assert.match(offer.permits, /198\.51\.100\.9\/32 counts as the trunk .* without a password/);
    // There are two: one must be named.
    assert.equal((await fixes.make("aa11", "trustAddress", {}, person("anna"))).ok, false);
    assert.ok((await fixes.make("aa11", "trustAddress", { name: "carrier" }, person("anna"))).ok);
    const trunk = desk.entities.get("trunk", "carrier")?.document;
    assert.deepEqual(trunk?.acceptFrom, ["127.0.0.1/32", "198.51.100.9/32"]);
    assert.deepEqual(desk.entities.get("trunk", "provider"), stored.get("trunk", "provider"));
  });

  test("for its password: the phone gets a new one, which is shown once", async () => {
    const { desk, fixes } = await bench({
      kind: "registration",
      caller: "215",
      origin: "stranger at 192.0.2.1",
    });
    const made = await fixes.make("aa11", "newPassword", {}, person("anna"));
    assert.ok(made.ok);
    assert.equal(made.value.password?.length, 20);
    assert.equal(desk.entities.get("phone", "215")?.document.password, made.value.password);
    const given = await fixes.make("aa11", "newPassword", { password: "my-own-password" }, person("anna"));
    assert.equal(given.ok && given.value.password, undefined);
    assert.equal(desk.entities.get("phone", "215")?.document.password, "my-own-password");
  });

  test("is put in the place of nothing that somebody changed meanwhile", async () => {
    const { desk, fixes } = await bench({
      kind: "stranger",
      caller: "x",
      origin: "stranger at 198.51.100.9",
    });
    const before = desk.entities.get("trunk", "carrier") ?? assert.fail();
    const networks = { acceptFrom: ["203.0.113.0/24"] };
    const wanted = { kind: "trunk", id: before.id, document: networks, isPatch: true } as const;
    const [edited, made] = await Promise.all([
      putEntity(desk, wanted, person("bert")),
      fixes.make("aa11", "trustAddress", { name: "carrier" }, person("anna")),
    ]);
    assert.ok(edited.ok);
    assert.equal(made.ok ? "" : made.error.code, "stale");
    assert.deepEqual(desk.entities.get("trunk", "carrier")?.document.acceptFrom, networks.acceptFrom);
  });

  test("offers nothing that cannot be done, and nothing for calls that went well", async () => {
    const unknownPhone = await bench({
      kind: "registration",
      caller: "999",
      origin: "stranger at 192.0.2.1",
    });
    assert.deepEqual(await unknownPhone.fixes.offered("aa11"), []);
    const answered = await bench({ result: "completed" });
    assert.deepEqual(await answered.fixes.offered("aa11"), []);
    const dialledByPhone = await bench({ origin: "phone 215", called: "+31900123" });
    assert.deepEqual(await dialledByPhone.fixes.offered("aa11"), []);
    assert.equal(await answered.fixes.offered("none"), undefined);
    const made = await answered.fixes.make("aa11", "givePlan", { name: "main" }, person("anna"));
    assert.deepEqual(made, { ok: false, error: { code: "noSuchFix" } });
  });
});
