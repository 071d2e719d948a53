import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { entitiesOf } from "../../test/support/entities.ts";
import { readCompany } from "../company/file.ts";
import type { WebhookValues } from "../dialplan/command.ts";
import { SAMPLE_VALUES } from "../dialplan/template-preview.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { Webhook } from "../model/webhook.ts";
import type { WebhookTrial } from "../webhook/trial.ts";
import { TRIALS, TrialLimit } from "./trial-limit.ts";
import { WebhookTrials } from "./webhook-trials.ts";

const company = readCompany(COMPANY_TEXT, "c.yaml");
assert.ok(company.ok);
const entities = entitiesOf(company.value.company);
const crm = entities.get("webhook", "CRM");
assert.ok(crm !== undefined);

const past: CallRecord = {
  id: "aa11",
  kind: "call",
  attempts: 1,
  startedAt: 1,
  answeredAt: undefined,
  endedAt: 2,
  caller: "+31699999999",
  callerName: "Piet",
  called: "+31501234567",
  origin: 'trunk "carrier"',
  plan: "main",
  result: "noAnswer",
  reason: "",
  missed: true,
  answeredBy: undefined,
  story: [],
  sip: [],
};

/** What was asked; nothing is answered before `answer` is called. */
function bench() {
  const asked: { readonly webhook: Webhook; readonly values: WebhookValues }[] = [];
  const waiting: (() => void)[] = [];
  let nowMs = 0;
  const trials = new WebhookTrials({
    entities: () => entities,
    calls: { get: async (id) => (id === past.id ? past : undefined) },
    ask(webhook, values) {
      asked.push({ webhook, values });
      const timings = { dns: 1, connect: 1, tls: 1, firstByte: 1, body: 1, total: 5 };
      const said = { code: "receiverSaidAck", args: {}, text: "" };
      const trial: WebhookTrial = {
        request: undefined,
        reply: undefined,
        timings,
        judgement: undefined,
        said,
      };
      return new Promise((resolve) => waiting.push(() => resolve(trial)));
    },
    limit: new TrialLimit(() => nowMs),
  });
  return {
    trials,
    asked,
    pass: (ms: number) => void (nowMs += ms),
    answer: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

/** Lets what has been started get as far as its question. */
async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

const DOCUMENT = { urlTemplate: "https://crm.example/?did={did}" };

describe("trying a webhook that is not saved", () => {
  test("needs no name; sample values stand for what is not given, and no code where none is asked for", async () => {
    const { trials, asked, answer } = bench();
    const running = trials.run({ document: DOCUMENT, values: { did: "+31505555555" } });
    await settled();
    answer();
    assert.ok((await running).ok);
    assert.deepEqual(asked[0]?.values, { ...SAMPLE_VALUES, did: "+31505555555", code: "" });
    assert.equal(asked[0]?.webhook.timeoutMs, 5000);
  });

  test("takes the values of a past call, and says that there is no such call", async () => {
    const { trials, asked, answer } = bench();
    const document = { ...DOCUMENT, ivr: {} };
    const running = trials.run({ document, call: "aa11", values: { code: "77" } });
    await settled();
    answer();
    assert.ok((await running).ok);
    const values = {
      did: past.called,
      callerid: past.caller,
      callername: "Piet",
      callid: "aa11",
      code: "77",
    };
    assert.deepEqual(asked[0]?.values, values);
    assert.deepEqual(await trials.run({ document, call: "none" }), {
      ok: false,
      error: { code: "noSuchCall" },
    });
  });

  test("uses the stored secret where the form has ***, and only that of this webhook", async () => {
    const { trials, asked, answer } = bench();
    const masked = { ...crm.document, urlTemplate: "http://hook:***@127.0.0.1:9000/other?did={did}" };
    const running = trials.run({ document: masked, id: crm.id });
    await settled();
    answer();
    assert.ok((await running).ok);
    assert.equal(asked[0]?.webhook.urlTemplate, "http://hook:hook-secret@127.0.0.1:9000/other?did={did}");
    const without = await trials.run({ document: masked });
    assert.ok(!without.ok && without.error.code === "invalid");
    assert.equal(without.error.problems[0]?.code, "noStoredPassword");
  });

  test("sends a stored secret to the host that it was written for, and to no other", async () => {
    const { trials, asked, answer } = bench();
    for (const host of ["127.0.0.2:9000", "127.0.0.1:9001", "mine.example"]) {
      const document = { ...crm.document, urlTemplate: `http://hook:***@${host}/other?did={did}` };
      const tried = await trials.run({ document, id: crm.id });
      assert.ok(!tried.ok && tried.error.code === "invalid", host);
      assert.equal(tried.error.problems[0]?.code, "noStoredPassword");
    }
    assert.equal(asked.length, 0);
    const safer = { ...crm.document, urlTemplate: "https://hook:***@127.0.0.1:9000/other" };
    const running = trials.run({ document: safer, id: crm.id });
    await settled();
    answer();
    assert.ok((await running).ok);
  });

  test("tells what is wrong with the form, at its place, and sends nothing", async () => {
    const { trials, asked } = bench();
    for (const [document, path] of [
      [{ urlTemplate: "https://crm.example/{kode}" }, ["urlTemplate"]],
      [{ ...DOCUMENT, timeoutSeconds: 99 }, ["timeoutSeconds"]],
      [{ ...DOCUMENT, colour: "red" }, ["colour"]],
      [{}, ["urlTemplate"]],
      ["text", []],
      [null, []],
    ] as const) {
      const refused = await trials.run({ document });
      assert.ok(!refused.ok && refused.error.code === "invalid", JSON.stringify(document));
      assert.deepEqual(refused.error.problems[0]?.path, path, JSON.stringify(document));
    }
    assert.equal(asked.length, 0);
  });

  test("is limited at once and in a minute", async () => {
    const { trials, pass, answer } = bench();
    const running = Array.from({ length: TRIALS.atOnce }, () => trials.run({ document: DOCUMENT }));
    await settled();
    assert.deepEqual(await trials.run({ document: DOCUMENT }), { ok: false, error: { code: "busy" } });
    answer();
    for (const one of await Promise.all(running)) assert.ok(one.ok);
    for (let count = TRIALS.atOnce; count < TRIALS.perMinute; count += 1) {
      const one = trials.run({ document: DOCUMENT });
      await settled();
      answer();
      assert.ok((await one).ok, String(count));
    }
    assert.deepEqual(await trials.run({ document: DOCUMENT }), { ok: false, error: { code: "tooMany" } });
    pass(60_000);
    const again = trials.run({ document: DOCUMENT });
    await settled();
    answer();
    assert.ok((await again).ok);
  });

  test("a pasted reply is judged without asking anybody", async () => {
    const { trials, asked } = bench();
    const judged = await trials.judge({ document: { ...DOCUMENT, ivr: {} } }, "status=ACK&destination=215");
    assert.ok(judged.ok);
    assert.deepEqual(judged.value.parts[1]?.leadsTo, { kind: "phone", extension: "215" });
    const again = await trials.judge({ document: { ...DOCUMENT, ivr: {} } }, "status=NAK");
    assert.equal(again.ok && again.value.next, "askAgain");
    assert.equal(asked.length, 0);
  });
});
