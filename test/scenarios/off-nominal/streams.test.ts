import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

const PLAN = `- { type: phone, phone: "217", ringSeconds: 20 }`;

test("a phone on TCP: rung over its connection, which breaks during the call; BYE finds it by a new one", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const phone = await s.phone("217", 1, { kind: "tcp" });
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200 && phone.call.acks.length === 1);
  assert.ok(s.network.log.every(({ to, transport }) => to.host !== phone.address || transport === "tcp"));
  phone.transport.dropStreams();
  await s.run(1000);
  assert.equal(call.got("BYE"), 0, "a broken connection is no broken dialog");
  call.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.result, "completed");
});

test("a phone on TCP whose connection breaks while it rings: the next step at once", async () => {
  const s = await Scenario.start({
    plan: `${PLAN}\n- { type: phone, phone: "215", ringSeconds: 20 }`,
  });
  const phone = await s.phone("217", 1, { kind: "tcp" });
  phone.onCall = (call) => call.ring();
  s.at("215").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  phone.transport.up = false;
  phone.transport.dropStreams();
  await s.until(() => call.last === 200, 5000);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.match(s.record.answeredBy ?? "", /215/);
  await s.run(100_000);
  const { calls, dialogs, taps, transactions } = s.board.counts();
  assert.deepEqual(
    { calls, dialogs, taps, transactions },
    { calls: 0, dialogs: 0, taps: 0, transactions: 0 },
  );
});
