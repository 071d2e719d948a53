import assert from "node:assert/strict";
import { test } from "node:test";
import { readCompany } from "../../src/company/file.ts";
import type { CallRecord } from "../../src/model/call-record.ts";
import { toCallRow } from "../../src/model/call-row.ts";
import type { Company } from "../../src/model/company.ts";
import type { Repositories, StoredAudio } from "../../src/model/repositories.ts";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../fakes/company-text.ts";

/** A store under test; `reopen` closes it and opens the same data again. */
export interface StoreUnderTest {
  readonly repositories: Repositories;
  reopen(): Promise<Repositories>;
  close(): Promise<void>;
}

const NO_AUDIO = new Map<string, StoredAudio>();

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

function companyContract(check: Check): void {
  check("an empty store has no company", async ({ repositories }) => {
    assert.equal(await repositories.company.load(), undefined);
  });

  check("a saved company comes back the same, also after opening again", async (store) => {
    const saved = await store.repositories.company.save(company(), 1000, NO_AUDIO);
    assert.equal(saved.version, 1);
    assert.deepEqual(await store.repositories.company.load(), saved);
    const reopened = await store.reopen();
    assert.deepEqual(await reopened.company.load(), saved);
    assert.deepEqual(saved.company, company());
  });

  check("each save is one version more and replaces everything", async ({ repositories }) => {
    await repositories.company.save(company(), 1000, NO_AUDIO);
    const { outbound: _, ...smaller } = company(() => ({
      phones: [],
      groups: [],
      webhooks: [],
      plans: [],
      numbers: [],
    }));
    assert.equal((await repositories.company.save(smaller, 2000, NO_AUDIO)).version, 2);
    const loaded = await repositories.company.load();
    assert.deepEqual(loaded?.company, smaller);
    assert.equal(loaded?.savedAt, 2000);
  });

  check("a plan gets a new version only when it changes, and old versions stay", async ({ repositories }) => {
    const changed = company(() => ({ plans: [{ name: "main", steps: [{ type: "hangUp", as: "busy" }] }] }));
    assert.equal((await repositories.company.save(company(), 1, NO_AUDIO)).planVersions.get("main"), 1);
    const renamed = company((before) => ({
      phones: before.phones.map((phone) => ({ ...phone, name: `New ${phone.name}` })),
    }));
    const second = await repositories.company.save(renamed, 2, NO_AUDIO);
    assert.deepEqual([second.version, second.planVersions.get("main")], [2, 1]);
    assert.equal((await repositories.company.save(changed, 3, NO_AUDIO)).planVersions.get("main"), 2);
    assert.equal((await repositories.company.save(company(), 4, NO_AUDIO)).planVersions.get("main"), 3);
    assert.deepEqual(await repositories.company.planVersion("main", 1), company().plans[0]);
    assert.deepEqual(await repositories.company.planVersion("main", 2), changed.plans[0]);
    assert.equal(await repositories.company.planVersion("main", 4), undefined);
  });

  check("a plan that goes and comes back goes on counting", async ({ repositories }) => {
    await repositories.company.save(company(), 1, NO_AUDIO);
    await repositories.company.save(
      company(() => ({ plans: [], numbers: [] })),
      2,
      NO_AUDIO,
    );
    const changed = company(() => ({ plans: [{ name: "main", steps: [{ type: "hangUp", as: "busy" }] }] }));
    assert.equal((await repositories.company.save(changed, 3, NO_AUDIO)).planVersions.get("main"), 2);
  });

  check("of a plan's versions the newest 100 are kept", async ({ repositories }) => {
    for (let round = 1; round <= 103; round++) {
      await repositories.company.save(
        company(() => ({
          plans: [{ name: "main", steps: [{ type: "phone", phone: "215", ringSeconds: round }] }],
        })),
        round,
        NO_AUDIO,
      );
    }
    assert.equal(await repositories.company.planVersion("main", 3), undefined);
    assert.notEqual(await repositories.company.planVersion("main", 4), undefined);
    assert.equal((await repositories.company.load())?.planVersions.get("main"), 103);
  });

  check("what messages were converted to is kept, for those that the company has", async (store) => {
    const sound = (letter: string) => ({ content: letter.repeat(64), durationMs: 1500 });
    const audio = new Map([
      ["enter-code", sound("a")],
      ["gone", sound("b")],
    ]);
    const messages = company(() => ({
      audioMessages: [
        { name: "enter-code", file: "audio/enter-code.wav" },
        { name: "never-converted", text: "Hello.", language: "en" },
      ],
    }));
    const saved = await store.repositories.company.save(messages, 1, audio);
    assert.deepEqual(saved.audio, new Map([["enter-code", sound("a")]]));
    assert.deepEqual(await (await store.reopen()).company.load(), saved);
  });

  check("the way of sound and the length of a code are kept", async (store) => {
    const [phone] = company().phones;
    const [trunk] = company().trunks;
    const [webhook] = company().webhooks;
    assert.ok(phone !== undefined && trunk !== undefined && webhook !== undefined);
    const saved = await store.repositories.company.save(
      company(() => ({
        phones: [{ ...phone, media: "anchored" }],
        groups: [],
        plans: [],
        numbers: [],
        trunks: [{ ...trunk, media: "passThrough" }],
        webhooks: [{ ...webhook, ivr: { timeoutSeconds: 10, attempts: 3, codeLength: 6 } }],
      })),
      1,
      NO_AUDIO,
    );
    const loaded = (await (await store.reopen()).company.load())?.company;
    assert.deepEqual(loaded, saved.company);
    assert.deepEqual(
      [loaded?.phones[0]?.media, loaded?.trunks[0]?.media, loaded?.webhooks[0]?.ivr?.codeLength],
      ["anchored", "passThrough", 6],
    );
  });

  check("a save that fails changes nothing", async ({ repositories }) => {
    const before = await repositories.company.save(company(), 1, NO_AUDIO);
    const dangling = company(() => ({ numbers: [{ number: "+31501234567", plan: "nowhere" }] }));
    await assert.rejects(repositories.company.save(dangling, 2, NO_AUDIO));
    assert.deepEqual(await repositories.company.load(), before);
  });

  check("saves that are asked for together are done one after the other", async ({ repositories }) => {
    const saves = Array.from({ length: 10 }, (_, index) =>
      repositories.company.save(company(), index, NO_AUDIO),
    );
    assert.deepEqual(
      (await Promise.all(saves)).map((saved) => saved.version).sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });
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

  check("a call that is up is kept, and its end follows once", async ({ repositories }) => {
    const { calls } = repositories;
    const begun = callRecord("up", 1, { result: "ongoing", reason: "the call is up" });
    const rest = callRecord("up", 1, { endedAt: 99, result: "completed", reason: "hung up" });
    await calls.insertMany([toCallRow(begun)]);
    await calls.insertMany([toCallRow(begun)]);
    assert.equal((await calls.get("up"))?.result, "ongoing");
    await calls.insertMany([toCallRow(rest)]);
    await calls.insertMany([toCallRow(rest), toCallRow(begun)]);
    const whole = await calls.get("up");
    assert.deepEqual([whole?.result, whole?.reason, whole?.endedAt], ["completed", "hung up", 99]);
    assert.equal(whole?.story.length, 2);
    assert.deepEqual(
      whole?.sip.map(({ text }) => text),
      [...begun.sip, ...rest.sip].map(({ text }) => text),
    );
  });

  check("calls that were up when the process died are closed", async ({ repositories }) => {
    const { calls } = repositories;
    const rows = [callRecord("a", 1, { result: "ongoing" }), callRecord("b", 2)];
    await calls.insertMany(rows.map(toCallRow));
    assert.equal(await calls.closeOngoing("the process died"), 1);
    assert.deepEqual(
      [(await calls.get("a"))?.result, (await calls.get("a"))?.reason],
      ["failed", "the process died"],
    );
    assert.equal((await calls.get("b"))?.result, "completed");
  });

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
    assert.deepEqual(await ids({ result: "busy" }), ["b"]);
    assert.deepEqual(await ids({ party: "215" }), ["c"]);
    assert.deepEqual(await ids({ party: "+31201234567" }), ["c", "b", "a"]);
    assert.deepEqual(await ids({ before: "unknown" }), []);
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
        callRecord("b", 2),
        callRecord("refused", 3, { result: "refused" }),
      ].map(toCallRow),
    );
    const ids = async (filter: object) =>
      (await calls.list({ limit: 3, ...filter })).map(
        ({ id, kind, attempts }) => `${id} ${kind} ${attempts}`,
      );
    assert.deepEqual(await ids({}), ["refused call 1", "b call 1", "a call 1"]);
    assert.deepEqual(await ids({ result: "refused" }), ["refused call 1"]);
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
}
