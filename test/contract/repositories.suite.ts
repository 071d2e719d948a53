import assert from "node:assert/strict";
import { test } from "node:test";
import { readCompany } from "../../src/company/file.ts";
import { ok } from "../../src/lib/result.ts";
import type { AuditEntry } from "../../src/model/audit.ts";
import type { CallRecord } from "../../src/model/call-record.ts";
import { toCallRow } from "../../src/model/call-row.ts";
import type { Company } from "../../src/model/company.ts";
import { endReason } from "../../src/model/end-words.ts";
import { companyOf, difference } from "../../src/model/entities/difference.ts";
import type { Entities, Entity } from "../../src/model/entities/entities.ts";
import type { OpenIdSettings } from "../../src/model/open-id.ts";
import type { Repositories } from "../../src/model/repositories.ts";
import type { ApiToken, Session, User } from "../../src/model/users.ts";
import { person } from "../../test/support/person.ts";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../fakes/company-text.ts";
import { deskOf, saveCompany } from "../support/entities.ts";

/** A store under test; `reopen` closes it and opens the same data again. */
export interface StoreUnderTest {
  readonly repositories: Repositories;
  reopen(): Promise<Repositories>;
  close(): Promise<void>;
}

function company(change: (company: Company) => Partial<Company> = () => ({})): Company {
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(read.ok);
  return { ...read.value.company, ...change(read.value.company) };
}

/** A record; `at` is when it began. */
export function callRecord(id: string, at: number, change: Partial<CallRecord> = {}): CallRecord {
  return {
    id,
    kind: "call",
    attempts: 1,
    startedAt: at,
    answeredAt: at + 2000,
    endedAt: at + 9000,
    caller: "+31201234567",
    callerName: "Jan 'x' \u{1f600}",
    called: "+31501234567",
    origin: "trunk carrier",
    plan: "main",
    result: "completed",
    reason: "Answered by 215.",
    said: { code: "end.callerHungUp", args: {} },
    missed: false,
    answeredBy: "215",
    story: [{ atMs: 0, type: "ended", by: "caller", status: undefined, reason: "bye" }],
    sip: [
      {
        atMs: 0.5,
        leg: "A",
        direction: "in",
        peer: "udp:127.0.0.1:5090",
        text: "INVITE sip:x SIP/2.0\r\n\r\n",
      },
    ],
    ...change,
  };
}

/** With its event as this one in the call, and its message as the next. */
function numbered(record: CallRecord, seq: number): CallRecord {
  const { story, sip } = record;
  return {
    ...record,
    story: story.map((event) => ({ ...event, seq })),
    sip: sip.map((message) => ({ ...message, seq: seq + 1 })),
  };
}

/** What every store must do; `open` makes an empty one. */
export function repositoryContract(name: string, open: () => Promise<StoreUnderTest>): void {
  const check = (title: string, work: (store: StoreUnderTest) => Promise<void>) =>
    test(`${name}: ${title}`, async () => {
      const store = await open();
      try {
        await work(store);
      } finally {
        await store.close();
      }
    });
  companyContract(check);
  callContract(check);
  registrationContract(check);
}

type Check = (title: string, work: (store: StoreUnderTest) => Promise<void>) => unknown;

/** What is stored, as a file would say it. */
async function storedCompany({ company: repository }: Repositories): Promise<Company> {
  return companyOf((await repository.load()).entities);
}

function companyContract(check: Check): void {
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
      at += 31 * day;
      await put("anna", { ...phone.document, name: "three" });
      const later = (await repository.since(1))?.formers.get(phone.id);
      assert.deepEqual(later?.document, { ...phone.document, password: "***" });
    },
  );

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

function byId(entities: Entities): ReadonlyMap<string, Entity> {
  return new Map([...entities].map((entity) => [entity.id, entity]));
}

function callContract(check: Check): void {
  check("a record comes back the same", async ({ repositories }) => {
    const answered = callRecord("aaaa1111", 1000);
    const refused = callRecord("bbbb2222", 2000, {
      answeredAt: undefined,
      plan: undefined,
      answeredBy: undefined,
      result: "refused",
      missed: true,
      story: [],
      sip: [],
    });
    await repositories.calls.insertMany([answered, refused].map(toCallRow));
    assert.deepEqual(await repositories.calls.get("aaaa1111"), JSON.parse(JSON.stringify(answered)));
    assert.deepEqual(await repositories.calls.get("bbbb2222"), refused);
  });

  check("the beginning of an id is enough when only one call has it", async ({ repositories }) => {
    await repositories.calls.insertMany(
      ["aa11", "aa22", "aa", "bb11"].map((id) => toCallRow(callRecord(id, 1))),
    );
    assert.equal((await repositories.calls.get("b"))?.id, "bb11");
    assert.equal((await repositories.calls.get("aa"))?.id, "aa");
    assert.equal(await repositories.calls.get("a"), undefined);
    assert.equal(await repositories.calls.get("c"), undefined);
    assert.equal(await repositories.calls.get("%"), undefined);
  });

  check("a batch that is sent a second time is kept once", async ({ repositories }) => {
    const rows = ["a", "b"].map((id) => toCallRow(callRecord(id, 1)));
    await repositories.calls.insertMany(rows);
    await repositories.calls.insertMany([...rows, toCallRow(callRecord("c", 2))]);
    assert.equal((await repositories.calls.list({ limit: 10 })).length, 3);
  });

  check("a call that is up is kept, what comes goes behind it, and its end follows once", async (store) => {
    const { calls } = store.repositories;
    const up = { result: "ongoing", reason: "the call is up" } as const;
    const begun = numbered(callRecord("up", 1, up), 1);
    const more = numbered(callRecord("up", 1, up), 3);
    const rest = numbered(callRecord("up", 1, { endedAt: 99, result: "completed", reason: "hung up" }), 5);
    await calls.insertMany([toCallRow(begun)]);
    await calls.insertMany([toCallRow(begun)]);
    assert.equal((await calls.get("up"))?.result, "ongoing");
    await calls.insertMany([toCallRow(more)]);
    await calls.insertMany([toCallRow(more), toCallRow(rest)]);
    await calls.insertMany([toCallRow(rest), toCallRow(begun)]);
    const whole = await calls.get("up");
    assert.deepEqual([whole?.result, whole?.reason, whole?.endedAt], ["completed", "hung up", 99]);
    assert.deepEqual(
      [whole?.story, whole?.sip].map((entries) => entries?.map(({ seq }) => seq)),
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
    );
  });

  check("calls that were up when the process died are closed", async ({ repositories }) => {
    const { calls } = repositories;
    const rows = [callRecord("a", 1, { result: "ongoing" }), callRecord("b", 2)];
    await calls.insertMany(rows.map(toCallRow));
    const why = endReason("end.cut", {});
    assert.equal((await calls.closeOngoing(why)).length, 1);
    const cut = await calls.get("a");
    assert.deepEqual(
      [cut?.result, cut?.reason, cut?.said],
      ["failed", why.reason, { code: "end.cut", args: {} }],
    );
    assert.equal((await calls.get("b"))?.result, "completed");
  });

  check(
    "why a call ended is kept as code and arguments too, sentences in them whole",
    async ({ repositories: { calls } }) => {
      const { reason, ...said } = endReason("end.afterAnswer", {
        step: "step 1 (Phone 215)",
        why: { code: "end.callerHungUp", args: {}, text: "the caller hung up" },
      });
      const quoting = { code: "end.lost", args: { side: "caller", why: "x".repeat(5000) } };
      const rows = [
        callRecord("a", 3, {
          reason,
          said,
        }),
        callRecord("b", 2, { said: undefined }),
        callRecord("c", 1, { said: quoting }),
      ];
      await calls.insertMany(rows.map(toCallRow));
      const listed = await calls.list({ limit: 10 });
      assert.deepEqual(
        listed.map((call) => call.said),
        [{ code: said.code, args: said.args }, undefined, undefined],
      );
    },
  );

  check("lists are newest first, in pages that lose nothing", async ({ repositories }) => {
    // Ten calls that began at the same three moments.
    const rows = Array.from({ length: 10 }, (_, index) =>
      toCallRow(callRecord(`id${index}`, 1000 + (index % 3))),
    );
    await repositories.calls.insertMany(rows);
    const seen: string[] = [];
    for (let before: string | undefined; ; before = seen.at(-1)) {
      const page = await repositories.calls.list({ limit: 4, before });
      if (page.length === 0) break;
      seen.push(...page.map((call) => call.id));
    }
    assert.equal(new Set(seen).size, 10);
    assert.deepEqual(seen, ["id8", "id5", "id2", "id7", "id4", "id1", "id9", "id6", "id3", "id0"]);
  });

  check("lists filter by result and party", async ({ repositories }) => {
    await repositories.calls.insertMany(
      [callRecord("a", 1), callRecord("b", 2, { result: "busy" }), callRecord("c", 3, { called: "215" })].map(
        toCallRow,
      ),
    );
    const ids = async (filter: object) =>
      (await repositories.calls.list({ limit: 10, ...filter })).map((call) => call.id);
    assert.deepEqual(await ids({ results: ["busy"] }), ["b"]);
    assert.deepEqual(await ids({ party: "215" }), ["c"]);
    assert.deepEqual(await ids({ party: "+31201234567" }), ["c", "b", "a"]);
    assert.deepEqual(await ids({ before: "unknown" }), []);
  });

  check("lists filter by all that a call has to do with", async ({ repositories }) => {
    const { calls } = repositories;
    const asked = (webhook: string) => ({ atMs: 1, type: "asked", webhook, url: "" }) as const;
    const rung = (extension: string) => {
      const target = `phone ${extension} at udp:192.0.2.1:5060`;
      return { atMs: 2, type: "leg", leg: "B1", target, shownName: "", shownNumber: "" } as const;
    };
    await calls.insertMany(
      [
        callRecord("a1", 1000, { story: [asked("CRM"), rung("215")], plan: "main" }),
        callRecord("b2", 2000, { story: [asked("CRM 2"), asked("CRM"), rung("21")], callerName: "Żółć %" }),
        callRecord("c3", 3000, { caller: "215", called: "+31612345678", origin: "phone 215", story: [] }),
        callRecord("d4", 4000, { result: "busy", plan: "other", caller: "", callerName: "50_50" }),
        callRecord("e5", 5000, { kind: "stranger", result: "refused", story: [], sip: [] }),
      ].map(toCallRow),
    );
    const ids = async (filter: object) =>
      (await calls.list({ limit: 10, ...filter })).map(({ id }) => id).join(" ");
    assert.equal(await ids({ webhook: "CRM" }), "b2 a1");
    assert.equal(await ids({ webhook: "CRM 2" }), "b2");
    assert.equal(await ids({ webhook: "CR" }), "");
    assert.equal(await ids({ phone: "215" }), "c3 a1");
    assert.equal(await ids({ phone: "21" }), "b2");
    assert.equal(await ids({ plan: "other" }), "d4");
    assert.equal(await ids({ results: ["busy", "refused"], kinds: ["call", "stranger"] }), "e5 d4");
    assert.equal(await ids({ caller: "215" }), "c3");
    assert.equal(await ids({ number: "+31612345678" }), "c3");
    assert.equal(await ids({ from: 2000, to: 4000 }), "c3 b2");
    assert.equal(await ids({ after: { startedAt: 3000, id: "c3" } }), "b2 a1");
    // A place whose call is gone is a place all the same.
    assert.equal(await ids({ after: { startedAt: 3000, id: "zz" } }), "c3 b2 a1");
    for (const [q, found] of [
      ["06 1234 5678", "c3"],
      ["0031-612345", "c3"],
      ["+31 (6) 1234", "c3"],
      ["612345678", "c3"],
      ["żółć", "b2"],
      ["%", "b2"],
      ["_", "d4"],
      ["b2", "b2"],
      ["B", ""],
      ["'; drop table calls", ""],
      ["", "d4 c3 b2 a1"],
    ] as const)
      assert.equal(await ids({ q }), found, q);
    assert.equal(await ids({ q: "215", phone: "215", from: 3000 }), "c3");
  });

  check("a call that was kept in two parts is found by both", async ({ repositories }) => {
    const { calls } = repositories;
    const asked = { atMs: 1, type: "asked", webhook: "CRM", url: "" } as const;
    const late = { ...asked, atMs: 2, webhook: "VIP" };
    await calls.insertMany([toCallRow(callRecord("up", 1, { result: "ongoing", story: [asked] }))]);
    await calls.insertMany([toCallRow(callRecord("up", 1, { result: "completed", story: [late] }))]);
    for (const webhook of ["CRM", "VIP"])
      assert.equal((await calls.list({ limit: 9, webhook })).length, 1, webhook);
  });

  check("requests of webhooks are kept with their calls, once", async ({ repositories }) => {
    const { calls, webhookRequests } = repositories;
    const replied = (atMs: number, elapsedMs: number, verdict: string, webhook = "CRM") =>
      ({
        atMs,
        type: "replied",
        webhook,
        url: "",
        verdict,
        ...(verdict === "error" && { failure: "html" }),
        status: 200,
        elapsedMs,
        reason: "because",
        args: { title: "Sign in" },
        warnings: [],
        excerpt: "",
      }) as const;
    const rows = Array.from({ length: 20 }, (_, index) =>
      toCallRow(
        callRecord(`c${String(index).padStart(2, "0")}`, 1000 * index, {
          story: [replied(10, index + 1, index % 5 === 0 ? "error" : "ack"), replied(10, 99, "nak", "CRM 2")],
        }),
      ),
    );
    await calls.insertMany(rows);
    await calls.insertMany(rows);
    assert.deepEqual(await webhookRequests.figures("CRM", 0), {
      requests: 20,
      failures: 4,
      p50Ms: 10,
      p95Ms: 19,
    });
    assert.deepEqual(await webhookRequests.figures("CRM", 10_000), {
      requests: 10,
      failures: 2,
      p50Ms: 15,
      p95Ms: 20,
    });
    assert.deepEqual(await webhookRequests.figures("no such", 0), {
      requests: 0,
      failures: 0,
      p50Ms: undefined,
      p95Ms: undefined,
    });
    const page = await webhookRequests.recent("CRM", 3);
    assert.deepEqual(
      page.map(({ call, at, elapsedMs }) => [call, at, elapsedMs]),
      [
        ["c19", 19_010, 20],
        ["c18", 18_010, 19],
        ["c17", 17_010, 18],
      ],
    );
    assert.deepEqual((await webhookRequests.recent("CRM", 9, page[2]))[0]?.call, "c16");
    assert.deepEqual(page[0], {
      webhook: "CRM",
      at: 19_010,
      call: "c19",
      nth: 0,
      verdict: "ack",
      failure: undefined,
      status: 200,
      elapsedMs: 20,
      reason: "because",
      args: { title: "Sign in" },
    });
    assert.deepEqual(await webhookRequests.askedSince(0), ["CRM", "CRM 2"]);
    assert.deepEqual(await webhookRequests.askedSince(19_011), []);
    await calls.purge(5_000, 100);
    assert.equal((await webhookRequests.figures("CRM", 0)).requests, 15);
  });

  check("X8: a list holds calls; what strangers tried is listed and counted by itself", async (store) => {
    const { calls } = store.repositories;
    const stranger = (id: string, at: number, attempts: number): CallRecord =>
      callRecord(id, at, { kind: "stranger", attempts, result: "refused", story: [], sip: [] });
    await calls.insertMany(
      [
        callRecord("a", 1),
        ...Array.from({ length: 2000 }, (_, at) => stranger(`s${String(at).padStart(4, "0")}`, 10 + at, 1)),
        callRecord("login", 1500, { kind: "registration", attempts: 3, result: "refused" }),
        callRecord("b", 2, { said: undefined }),
        callRecord("refused", 3, { result: "refused" }),
      ].map(toCallRow),
    );
    const ids = async (filter: object) =>
      (await calls.list({ limit: 3, ...filter })).map(
        ({ id, kind, attempts }) => `${id} ${kind} ${attempts}`,
      );
    assert.deepEqual(await ids({}), ["refused call 1", "b call 1", "a call 1"]);
    assert.deepEqual(await ids({ results: ["refused"] }), ["refused call 1"]);
    assert.deepEqual(await ids({ kinds: ["registration"] }), ["login registration 3"]);
    const both = { kinds: ["stranger", "registration"] };
    assert.deepEqual(await ids({ ...both, before: "s1492" }), [
      "s1491 stranger 1",
      "s1490 stranger 1",
      "login registration 3",
    ]);
    assert.deepEqual(await ids({ kinds: ["call", "stranger"], before: "s0001" }), [
      "s0000 stranger 1",
      "refused call 1",
      "b call 1",
    ]);
    assert.deepEqual(await calls.refusedSince(0), { calls: 2000, registrations: 3 });
    assert.deepEqual(await calls.refusedSince(1501), { calls: 509, registrations: 0 });
    const hour = 3_600_000;
    await calls.insertMany(
      [callRecord("late", 9.5 * hour), callRecord("midnight", 30 * hour)].map(toCallRow),
    );
    const { counts } = await calls.day(3);
    assert.deepEqual(
      counts.map((one) => [one.hour, one.result, one.calls]),
      [
        [0, "refused", 1],
        [9, callRecord("late", 0).result, 1],
        [23, callRecord("late", 0).result, 1],
      ],
      "whole hours since then; what came later counts with the last",
    );
    const login = await (await store.reopen()).calls.get("login");
    assert.deepEqual([login?.kind, login?.attempts], ["registration", 3]);
  });

  check("X8: a stranger's row grows with its attempts, and never back; a call's does not", async (store) => {
    const { calls } = store.repositories;
    const row = (attempts: number, change: Partial<CallRecord> = {}) =>
      toCallRow(
        callRecord("s", 1, {
          kind: "stranger",
          attempts,
          endedAt: 100 + attempts,
          result: "refused",
          ...change,
        }),
      );
    await calls.insertMany([row(1)]);
    await calls.insertMany([row(5), row(3), row(5)]);
    const grown = await calls.get("s");
    assert.deepEqual([grown?.attempts, grown?.endedAt, grown?.story.length], [5, 105, 1]);
    assert.deepEqual(await calls.refusedSince(0), { calls: 5, registrations: 0 });
  });

  check("purge deletes the oldest, a bounded number at a time", async ({ repositories }) => {
    await repositories.calls.insertMany([1, 2, 3, 4].map((at) => toCallRow(callRecord(`id${at}`, at))));
    assert.equal(await repositories.calls.purge(4, 2), 2);
    assert.deepEqual(
      (await repositories.calls.list({ limit: 10 })).map((call) => call.id),
      ["id4", "id3"],
    );
    assert.equal(await repositories.calls.purge(4, 2), 1);
    assert.equal(await repositories.calls.purge(4, 2), 0);
  });
}

function registrationContract(check: Check): void {
  const row = (extension: string, key: string, expiresAt: number, port: number) => ({
    extension,
    key,
    expiresAt,
    binding: { uri: `sip:${extension}@127.0.0.1:${port}`, path: [], q: 1 },
  });

  check("contacts are set, replaced and removed, and outlive the process", async (store) => {
    await store.repositories.registrations.apply([
      { type: "set", row: row("215", "a", 5000, 1) },
      { type: "set", row: row("215", "b", 5000, 2) },
      { type: "set", row: row("216", "a", 5000, 3) },
      { type: "set", row: row("215", "a", 6000, 4) },
      { type: "remove", extension: "215", key: "b" },
      { type: "remove", extension: "215", key: "never was" },
    ]);
    const reopened = await store.reopen();
    assert.deepEqual(await reopened.registrations.load(1000), [
      row("215", "a", 6000, 4),
      row("216", "a", 5000, 3),
    ]);
  });

  check("expired contacts are not loaded", async ({ repositories }) => {
    await repositories.registrations.apply([
      { type: "set", row: row("215", "a", 5000, 1) },
      { type: "set", row: row("216", "a", 7000, 2) },
    ]);
    assert.deepEqual(await repositories.registrations.load(5000), [row("216", "a", 7000, 2)]);
    assert.deepEqual(await repositories.registrations.load(1), [row("216", "a", 7000, 2)]);
  });

  const user = (id: string, change: Partial<User> = {}): User => ({
    id,
    name: `name of ${id}`,
    role: "editor",
    passwordHash: "$argon2id$…",
    totp: undefined,
    openId: undefined,
    revision: 1,
    createdAt: 1,
    changedAt: 2,
    changedBy: "test",
    ...change,
  });
  const session = (hash: string, userId: string, change: Partial<Session> = {}): Session => ({
    id: `id of ${hash}`,
    hash,
    userId,
    createdAt: 1,
    lastSeenAt: 2,
    address: "192.0.2.1",
    agent: "Browser",
    byLink: false,
    ...change,
  });

  check(
    "users, sessions, tokens and links outlive the process; a user goes with what is his",
    async (store) => {
      const totp = { secret: "JBSWY3DPEHPK3PXP", isConfirmed: true, lastStep: 7 };
      const token: ApiToken = {
        id: "t",
        name: "CRM",
        role: "viewer",
        hash: "th",
        begins: "swh_1234",
        createdAt: 1,
        createdBy: "test",
        lastUsedAt: undefined,
        expiresAt: 9,
      };
      const { accounts } = store.repositories;
      const openId: OpenIdSettings = {
        label: "Office",
        issuer: "https://login.example",
        clientId: "switchhook",
        clientSecret: "client-secret",
        scope: "openid",
        allowedDomains: ["example.com"],
        roles: { claim: "groups", values: [{ value: "pbx", role: "editor" }], otherwise: "viewer" },
        networks: [],
        revision: 3,
        changedAt: 1,
        changedBy: "test",
      };
      await accounts.apply(
        [
          { type: "user", user: user("a") },
          { type: "user", user: user("b", { totp }) },
          { type: "user", user: user("a", { name: "another", revision: 2 }) },
          { type: "session", session: session("s1", "a") },
          { type: "session", session: session("s2", "b") },
          { type: "session", session: session("s2", "b", { lastSeenAt: 3 }) },
          { type: "session", session: session("s3", "b") },
          { type: "dropSession", hash: "s3" },
          { type: "token", token },
          { type: "token", token: { ...token, id: "gone", hash: "gone" } },
          { type: "dropToken", id: "gone" },
          { type: "link", link: { hash: "l1", userId: undefined, expiresAt: 5 } },
          { type: "link", link: { hash: "l2", userId: "b", expiresAt: 6 } },
          { type: "link", link: { hash: "l3", userId: "b", expiresAt: 6 } },
          { type: "dropLink", hash: "l3" },
          { type: "openId", settings: { ...openId, label: "before" } },
          { type: "openId", settings: openId },
        ],
        [],
      );
      const reopened = await store.reopen();
      // Undefined members are not stored.
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      assert.deepEqual(plain(await reopened.accounts.load()), {
        users: [plain(user("a", { name: "another", revision: 2 })), plain(user("b", { totp }))],
        sessions: [session("s1", "a"), session("s2", "b", { lastSeenAt: 3 })],
        tokens: [plain(token)],
        links: [
          { hash: "l1", expiresAt: 5 },
          { hash: "l2", userId: "b", expiresAt: 6 },
        ],
        openId,
      });
      await reopened.accounts.apply([{ type: "dropUser", id: "b" }, { type: "dropOpenId" }], []);
      const left = await reopened.accounts.load();
      assert.deepEqual(
        [
          left.users.map(({ id }) => id),
          left.sessions.map(({ hash }) => hash),
          left.links.map(({ hash }) => hash),
          left.openId,
        ],
        [["a"], ["s1"], ["l1"], undefined],
      );
    },
  );

  check("changes of accounts and what the audit log says of them are made all or none", async (store) => {
    const { accounts, audit } = store.repositories;
    const entry: AuditEntry = {
      at: 1,
      by: "Anna",
      what: "userAdded",
      version: undefined,
      changes: [],
      from: "192.0.2.7",
      about: "a",
      details: [{ name: "role", before: "viewer", after: "editor" }],
    };
    const apply = accounts.apply(
      [
        { type: "user", user: user("a") },
        { type: "session", session: session("s", "nobody") },
      ],
      [entry],
    );
    await assert.rejects(apply);
    assert.deepEqual([(await accounts.load()).users, await audit.list({ limit: 9 })], [[], []]);
    await accounts.apply([{ type: "user", user: user("a") }], [entry, { ...entry, what: "signIn" }]);
    const [signIn, added] = await audit.list({ limit: 9 });
    assert.deepEqual([signIn?.what, added], ["signIn", { ...entry, id: 1, hash: added?.hash }]);
    assert.deepEqual(
      (await audit.list({ limit: 9, what: "userAdded" })).map(({ id }) => id),
      [1],
    );
  });
}
