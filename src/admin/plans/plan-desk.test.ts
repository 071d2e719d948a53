import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { deskOf, saveCompany } from "../../../test/support/entities.ts";
import { person } from "../../../test/support/person.ts";
import type { PlanPorts } from "../../api/plan-ports.ts";
import { ok } from "../../lib/result.ts";
import type { CallRecord } from "../../model/call-record.ts";
import { toCallRow } from "../../model/call-row.ts";
import { companySchema } from "../../model/company.ts";
import { planPathsOf } from "../../model/plan-path.ts";
import { simulate } from "../../simulate/simulate.ts";
import { worldOf } from "../../simulate/world.ts";
import { openStore, type Store } from "../../store/store.ts";
import type { Desk } from "../desk.ts";
import { putEntity } from "../edit-entity.ts";
import { planPorts } from "./plan-service.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-plans-"));
const phone = (extension: string, ringSeconds = 20) => ({ type: "phone", phone: extension, ringSeconds });
const company = companySchema.parse({
  version: 1,
  home: { country: "NL", timeZone: "Europe/Amsterdam" },
  phones: ["215", "216"].map((extension) => ({ extension, name: extension, password: "correct-horse" })),
  webhooks: [{ name: "CRM", urlTemplate: "https://crm.example/r" }],
  plans: [{ name: "main", steps: [phone("215"), phone("216")] }],
  numbers: [{ number: "+31501234567", plan: "main" }],
});
const CALL = {
  number: "+31501234567",
  from: "+31612345678",
  callerName: "",
  digits: [] as string[],
  replies: {},
  phones: { "215": { does: "busy" as const } },
  ask: [] as string[],
};

let store: Store;
let desk: Desk;
let plans: PlanPorts;
let id = "";
let now = 1_000_000;
const asked: string[] = [];
before(async () => {
  const opened = await openStore(folder);
  assert.ok(opened.ok);
  store = opened.value;
  await saveCompany(store.company, company);
  desk = await deskOf(store.company, () => now);
  id = desk.entities.get("plan", "main")?.id ?? "";
  plans = planPorts({
    desk,
    plans: store.plans,
    calls: store.calls,
    wall: () => now,
    rest: async () => {},
    ask: async (webhook) => {
      asked.push(webhook.name);
      return { body: "status=ACK", status: 200, afterMs: 5 };
    },
  });
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The value of a result that must be one. */
async function value<Value>(
  result: Promise<
    { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown }
  >,
): Promise<Value> {
  const made = await result;
  assert.ok(made.ok, made.ok ? "" : JSON.stringify(made.error));
  return made.value;
}

async function refusal(
  result: Promise<
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly error: { readonly code: string } }
  >,
): Promise<string> {
  const made = await result;
  return made.ok ? "accepted" : made.error.code;
}

const save = (steps: readonly unknown[], seen: number) =>
  plans.saveDraft(id, { name: "another name", steps }, { seen, by: person("eva") });

test("a draft is saved however wrong it is, with its problems by step, and takes no calls", async () => {
  const none = await value(plans.draft(id));
  assert.deepEqual([none.revision, none.basedOn, none.changes, none.problems], [0, 1, [], []]);
  const draft = await value(save([phone("215"), phone("217")], 0));
  assert.deepEqual([draft.revision, draft.changedBy, draft.published], [1, "eva", 1]);
  assert.deepEqual(draft.problems, [
    {
      pointer: "/steps/1/phone",
      step: "2",
      code: "unknownPhone",
      message: 'There is no phone "217". Did you mean "215"?',
      suggestion: { replace: "value", with: "215" },
    },
  ]);
  assert.deepEqual(draft.changes, [
    {
      change: "changed",
      from: "2",
      to: "2",
      type: "phone",
      fields: [{ key: "phone", before: "216", after: "217" }],
    },
  ]);
  assert.equal(desk.entities.get("plan", "main")?.revision, 1);
});

test("whoever saves, throws away or publishes what is not there any more is told what is", async () => {
  const stale = await save([], 0);
  assert.ok(!stale.ok);
  assert.equal(stale.error.code, "stale");
  assert.deepEqual(
    [stale.error.more?.["changedBy"], typeof stale.error.more?.["current"]],
    ["eva", "object"],
  );
  assert.equal(await refusal(plans.dropDraft(id, 7)), "stale");
  assert.equal(
    await refusal(plans.publish(id, { note: "", revision: 7, overwrite: false, by: person("eva") })),
    "stale",
  );
  assert.equal(await refusal(plans.draft("nobody")), "noSuchPlan");
});

test("a draft with problems is not published; one without is, with its note, and is gone", async () => {
  const wanted = { note: "216 first", overwrite: false, by: person("eva") };
  assert.equal(await refusal(plans.publish(id, wanted)), "planProblems");
  await value(save([phone("216"), phone("215")], 1));
  now += 1000;
  assert.deepEqual(await value(plans.publish(id, { ...wanted, revision: 2 })), {
    version: 2,
    live: true,
    warnings: [],
  });
  assert.equal(await refusal(plans.publish(id, wanted)), "nothingToPublish");
  const { items, next } = await value(plans.versions(id, { limit: 10 }));
  assert.deepEqual(items, [
    { version: 2, publishedAt: now, publishedBy: "eva", note: "216 first" },
    { version: 1, publishedAt: 1, publishedBy: "tester", note: "" },
  ]);
  assert.equal(next, null);
  assert.equal((await value(plans.version(id, 1))).version, 1);
  assert.equal(await refusal(plans.version(id, 9)), "noSuchVersion");
  // Its name stays, whatever the draft is called.
  assert.equal(desk.entities.get("plan", "main")?.revision, 2);
});

test("two versions are compared, and an earlier one comes back as a new one", async () => {
  const { changes } = await value(plans.difference(id, 1, 2));
  assert.deepEqual(
    changes.map(({ change }) => change),
    ["moved"],
  );
  const again = await value(plans.rollback(id, { version: 1, note: "", by: person("jan") }));
  assert.equal(again.version, 3);
  const { items } = await value(plans.versions(id, { limit: 1 }));
  assert.deepEqual([items[0]?.note, items[0]?.publishedBy], ["Version 1 again", "jan"]);
  assert.deepEqual((await value(plans.difference(id, 1, 3))).changes, []);
});

test("what was published since a draft was made is not overwritten unasked", async () => {
  await value(save([phone("216")], 0));
  await value(plans.rollback(id, { version: 2, note: "", by: person("jan") }));
  assert.equal(await refusal(plans.publish(id, { note: "", overwrite: false, by: person("eva") })), "stale");
  const rebased = await value(
    plans.saveDraft(id, { steps: [phone("216")] }, { seen: 1, basedOn: 4, by: person("eva") }),
  );
  assert.equal(rebased.basedOn, 4);
  const older = { seen: rebased.revision, basedOn: 3, by: person("jan") };
  assert.equal(
    await refusal(plans.saveDraft(id, { steps: [] }, older)),
    "stale",
    "a draft of the same revision that was made from an earlier version is another one",
  );
  assert.equal(
    (await value(plans.publish(id, { note: "", overwrite: false, by: person("eva") }))).version,
    5,
  );
});

test("a plan that gets another name leaves its draft as it was, to be published under that name", async () => {
  const put = async (wanted: Omit<Parameters<typeof putEntity>[1], "kind">) => {
    const made = await putEntity(desk, { kind: "plan", ...wanted }, person("jan"));
    assert.ok(made.ok);
    return made.value.entity;
  };
  const { id: its } = await put({ document: { name: "spare", steps: [phone("215")] } });
  const steps = [phone("215", 5)];
  await value(plans.saveDraft(its, { name: "spare", steps }, { seen: 0, by: person("eva") }));
  await put({ id: its, revision: 1, document: { name: "reserve" }, isPatch: true });
  const draft = await value(plans.draft(its));
  assert.deepEqual([draft.document, draft.basedOn, draft.published], [{ name: "reserve", steps }, 1, 2]);
  const wanted = { note: "", overwrite: false, by: person("eva") };
  assert.equal((await value(plans.publish(its, wanted))).version, 3);
  assert.deepEqual(desk.entities.get("plan", "reserve")?.document, { name: "reserve", steps });
  await value(plans.saveDraft(its, { name: "reserve", steps: [] }, { seen: 0, by: person("eva") }));
  await put({ id: its, revision: 3, document: { name: "spare", steps: [phone("215", 6)] } });
  assert.equal(await refusal(plans.publish(its, wanted)), "stale", "another name, and another step");
  await value(plans.dropDraft(its, 1));
});

test("simulated: what calls take, a version, the draft; webhooks are asked where that is wanted", async () => {
  const steps = async (on: "published" | "draft" | number) =>
    (await value(plans.simulate(id, { ...CALL, digits: [], ask: [], on }))).path.map(({ step }) => step);
  assert.deepEqual(await steps("published"), ["1"]);
  assert.deepEqual(await steps(1), ["1", "2"]);
  const webhook = { type: "webhook", webhook: "CRM", success: [phone("216")], failed: [] };
  await value(save([phone("219"), webhook], 0));
  const seen = await value(plans.simulate(id, { ...CALL, digits: [], ask: ["CRM"], on: "draft" }));
  assert.deepEqual(
    seen.path.map(({ step }) => step),
    ["1", "2", "2.1.1"],
  );
  assert.deepEqual([asked, seen.problems.map(({ code }) => code)], [["CRM"], ["unknownPhone"]]);
  await value(save([{ type: "phon" }], 1));
  assert.equal(
    await refusal(plans.simulate(id, { ...CALL, digits: [], ask: [], on: "draft" })),
    "planProblems",
  );
  await value(plans.dropDraft(id, 2));
  assert.equal(
    (await value(plans.simulateCall({ ...CALL, digits: [], ask: [] }))).verdict?.result,
    "completed",
  );
});

test("a simulation that may ask no more says which webhook it would have to ask", async () => {
  const webhook = { type: "webhook", webhook: "CRM", success: [phone("216")], failed: [] };
  await value(save([webhook], 0));
  let left = 0;
  const parts = { desk, plans: store.plans, calls: store.calls, wall: () => now, rest: async () => {} };
  const limited = planPorts({
    ...parts,
    ask: async () => (left-- > 0 ? { body: "status=ACK", status: 200, afterMs: 5 } : undefined),
  });
  const simulated = () => value(limited.simulate(id, { ...CALL, digits: [], ask: ["CRM"], on: "draft" }));
  const none = await simulated();
  assert.deepEqual([none.wanted?.webhook, none.verdict], ["CRM", undefined]);
  left = 1;
  assert.equal((await simulated()).wanted, undefined);
  await value(plans.dropDraft(id, 1));
});

/** A call as it would have been recorded. */
async function record(callId: string, phones: Parameters<typeof simulate>[1]["phones"]): Promise<void> {
  const { story, verdict } = simulate(worldOf(desk.entities), { ...CALL, at: now, phones });
  const made: CallRecord = {
    id: callId,
    kind: "call",
    attempts: 1,
    startedAt: now,
    answeredAt: undefined,
    endedAt: now + 5000,
    caller: CALL.from,
    callerName: "",
    called: CALL.number,
    origin: "trunk",
    plan: "main",
    result: verdict?.result ?? "failed",
    reason: "",
    missed: false,
    answeredBy: verdict?.answeredBy,
    story,
    sip: [],
  };
  const row = toCallRow(made);
  const paths = planPathsOf(row, (name) => desk.entities.get("plan", name));
  await store.calls.insertMany([row], paths);
  // A batch may come twice.
  await store.calls.insertMany([row], paths);
}

test("traffic: calls by step, those of earlier versions where their steps stand now", async () => {
  await value(plans.rollback(id, { version: 1, note: "", by: person("jan") }));
  await record("a1", { "215": { does: "busy" } });
  await record("a2", {});
  await value(save([phone("217"), phone("215", 30), phone("216")], 0));
  assert.equal(
    await refusal(plans.publish(id, { note: "", overwrite: false, by: person("eva") })),
    "planProblems",
  );
  await value(save([{ type: "callerName", mode: "replace", text: "x" }, phone("215", 30), phone("216")], 1));
  await value(plans.publish(id, { note: "", overwrite: false, by: person("eva") }));
  await record("a3", {});
  const { calls, version, steps } = await value(plans.traffic(id));
  assert.deepEqual([calls, version], [3, 7]);
  assert.deepEqual(steps, [
    { step: "1", came: 1, answered: 0 },
    { step: "2", came: 3, answered: 2 },
    { step: "3", came: 1, answered: 1 },
  ]);
});

test("replay: which of the last calls a draft would send elsewhere", async () => {
  const same = [{ type: "callerName", mode: "replace", text: "x" }, phone("215", 10), phone("216")];
  await value(save(same, 0));
  assert.deepEqual(await value(plans.replay(id, 500)), { calls: 3, elsewhere: [] });
  await value(save([phone("215")], 1));
  const { elsewhere } = await value(plans.replay(id, 500));
  assert.deepEqual(
    elsewhere.map((one) => [one.id, one.before.join(" "), one.after.join(" ")]),
    [["a1", "1 2", "1"]],
  );
});

test("replay: a phone that has another number since does what it did by its old one", async () => {
  await value(plans.dropDraft(id, 2));
  const { id: its, revision } = desk.entities.get("phone", "215") ?? {};
  const document = { extension: "225" };
  const wanted = { kind: "phone", id: its, revision, document, isPatch: true, renameUsers: true } as const;
  assert.ok((await putEntity(desk, wanted, person("jan"))).ok);
  assert.deepEqual(await value(plans.replay(id, 500)), { calls: 3, elsewhere: [] });
});

test("a version lives as long as a call that took it, also when its plan is gone for good", async () => {
  await store.plans.sweep();
  assert.ok(await store.plans.version(id, 1));
  const gone = await deskOf(store.company, () => now);
  const drop = async (kind: "number" | "plan" | "phone" | "webhook", key: string) => {
    const entity = gone.entities.get(kind, key);
    assert.ok(entity);
    const { id: its, revision } = entity;
    const made = await gone.change(person("tester"), () => ok([{ type: "drop", kind, id: its, revision }]));
    assert.ok(made.ok);
  };
  await drop("number", "+31501234567");
  await drop("plan", "main");
  await store.plans.sweep();
  assert.ok(await store.plans.version(id, 2), "within 30 days it may come back");
  now += 31 * 86_400_000;
  await drop("phone", "216");
  now += 2 * 86_400_000;
  await drop("webhook", "CRM");
  await store.plans.sweep();
  const kept = await store.plans.versions(id, { limit: 10 });
  assert.deepEqual(
    kept.map(({ version }) => version),
    [7, 6],
  );
  assert.equal(await store.plans.draft(id), undefined);
  await store.plans.purge(now, 100);
  await store.plans.sweep();
  assert.deepEqual(await store.plans.versions(id, { limit: 10 }), []);
});
