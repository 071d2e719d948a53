import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER, NUMBER, Scenario, says } from "../harness.ts";

const PLAN = `- type: webhook
  webhook: CRM
  success:
    - { type: callerName, mode: webhook }
    - { type: variableDestination, ringSeconds: 20 }
    - { type: group, group: "300", ringSeconds: 20 }
  failed:
    - { type: callerName, mode: prepend, text: "CRM down: " }
    - { type: phone, phone: "216", ringSeconds: 20 }`;

test("success with a name and a destination: that phone rings and shows the name", async () => {
  const s = await Scenario.start({
    plan: PLAN,
    webhook: () => ({ result: says.ack({ destination: "215", callerName: "VoysPartners" }) }),
  });
  s.at("215").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER, { from: `"Jan" <sip:${CALLER}@x.example>` });
  await s.until(() => call.last === 200);
  assert.match(s.at("215").call.header("from") ?? "", /^"VoysPartners" <sip:\+31612345678@/);
  const { values } = s.webhooks.asked[0] ?? {};
  assert.deepEqual(
    { did: values?.did, callerid: values?.callerid, callername: values?.callername },
    { did: NUMBER, callerid: CALLER, callername: "Jan" },
  );
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(values?.callid, s.record.id, "{callid} is the id of the record");
  assert.equal(s.webhooks.asked.length, 1);
  await s.assertClean();
});

test("a webhook that takes long: 180 after one second, once, and no other before", async () => {
  const s = await Scenario.start({ plan: PLAN, webhook: () => ({ afterMs: 3000, result: says.ack() }) });
  const call = s.carrier.invite(NUMBER);
  await s.run(990);
  assert.deepEqual(call.heard, [100]);
  await s.run(20);
  assert.deepEqual(call.heard, [100, 180]);
  await s.run(1500);
  assert.deepEqual(call.heard, [100, 180]);
  s.at("215").onCall = (rung) => rung.ring();
  s.at("216").onCall = (rung) => rung.ring();
  await s.until(() => s.at("216").calls.length === 1);
  await s.run(100);
  s.at("215").call.answer();
  await s.until(() => call.last === 200);
  assert.equal(new Set(call.responses.slice(1).map(({ to }) => to.tag)).size, 2, "one dialog a phone");
  call.bye();
  await s.assertClean();
});

test("a configuration published during a call does not change that call", async () => {
  const s = await Scenario.start({ plan: PLAN, webhook: () => ({ afterMs: 500, result: says.ack() }) });
  const call = s.carrier.invite(NUMBER);
  await s.run(100);
  s.snapshot = { ...s.snapshot, version: 2, plans: new Map(), groups: new Map(), numbers: new Map() };
  s.board.published(s.snapshot);
  s.at("215").onCall = (rung) => rung.ring();
  s.at("216").onCall = (rung) => rung.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  const next = s.carrier.invite(NUMBER);
  await s.until(() => next.last === 404);
  await s.assertClean();
});
