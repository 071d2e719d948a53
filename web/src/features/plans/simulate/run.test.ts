import assert from "node:assert/strict";
import { test } from "node:test";
import { directoryOf, type Things } from "../state/directory.ts";
import { STANDARD_REPLY, simulate, type TriedCall, worldOf } from "./run.ts";

const listed = <Document extends object>(key: string, document: Document) => ({ id: key, key, document });
const things: Things = {
  settings: { home: { country: "NL" }, security: { dialCountries: ["NL"] } },
  phones: [
    listed("215", { extension: "215", name: "Reception" }),
    listed("216", { extension: "216", name: "Sales" }),
  ],
  groups: [],
  webhooks: [
    listed("CRM", { name: "CRM", callerIdForwarding: "caller", urlTemplate: "https://crm.example/?d={did}" }),
  ],
  audioMessages: [],
  plans: [],
};
const directory = directoryOf(things);
const plan = {
  name: "main",
  steps: [
    {
      type: "webhook",
      webhook: "CRM",
      success: [
        { type: "callerName", mode: "webhook" },
        { type: "variableDestination", ringSeconds: 20 },
      ],
      failed: [{ type: "phone", phone: "216", ringSeconds: 20 }],
    },
  ],
};
const DID = "+31501234567";
const world = worldOf(directory, things, [{ number: DID }], plan.name);
const call: TriedCall = {
  did: DID,
  caller: "+31612345678",
  callerName: "",
  at: 0,
  digits: [],
  replies: new Map(),
  phones: new Map(),
};
const reply = (text: string) => new Map([["CRM", { ...STANDARD_REPLY, text }]]);

test("a draft is walked with what is typed: who answers, what the phone shows, which steps were taken", () => {
  const tried = simulate(plan, world, {
    ...call,
    replies: reply("status=ACK&destination=215&callername=Jansen"),
  });
  assert.equal(tried?.answeredBy, "215 Reception");
  assert.deepEqual(tried?.shown, { name: "Jansen", number: "+31612345678" });
  assert.deepEqual(tried?.rung, ["215"]);
  assert.equal(tried?.trace.at(-1)?.step, "1.1.2");
  const failed = simulate(plan, world, { ...call, replies: reply("status=NAK") });
  assert.equal(failed?.answeredBy, "216 Sales");
  assert.equal(failed?.trace.at(-1)?.step, "1.2.1");
});

test("nobody answers: why, and no display", () => {
  const tried = simulate(plan, world, {
    ...call,
    replies: reply("<html>"),
    phones: new Map([["216", "busy"]]),
  });
  assert.equal(tried?.answeredBy, undefined);
  assert.equal(tried?.shown, undefined);
  assert.match(tried?.reason ?? "", /busy/);
  assert.equal(simulate({ name: "main", steps: "no" as never }, world, call), undefined);
});

test("an answer that is ignored succeeds, whatever is typed", () => {
  const webhooks = things.webhooks.map(({ document }) => listed("CRM", { ...document, ignoreAnswer: true }));
  const ignoring = worldOf(directory, { ...things, webhooks }, [{ number: DID }], plan.name);
  const tried = simulate(plan, ignoring, { ...call, replies: reply('{"status":"success"}') });
  assert.ok(tried?.trace.some(({ code }) => code === "webhook.successful"));
  assert.ok(!tried?.trace.some(({ code }) => code === "webhook.failed"));
});

test("a webhook that was asked and did not reply takes the failed branch, and says why", () => {
  const failure = { code: "refused", args: { host: "crm.example" }, text: "crm.example refused." };
  const replies = new Map([["CRM", { ...STANDARD_REPLY, failure }]]);
  const tried = simulate(plan, world, { ...call, replies });
  assert.equal(tried?.answeredBy, "216 Sales");
  const { account } = tried?.trace.find(({ code }) => code === "webhook.failed")?.args ?? {};
  assert.deepEqual(account, failure);
});
