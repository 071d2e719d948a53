import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

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

test("a phone on TCP whose connection breaks after its 100 to a re-INVITE is asked again over a new one", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const phone = await s.phone("217", 1, { kind: "tcp" });
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200 && phone.call.acks.length === 1);
  const { call: called } = phone;
  called.onCancel = () => {};
  called.on.set("INVITE", (transaction) => {
    if (called.got("INVITE") > 1)
      return called.reply(transaction, 200, sdp({ at: phone.address, version: 2 }));
    called.reply(transaction, 100);
    s.clock.after(10, () => phone.transport.dropStreams());
  });
  const change = call.reinvite(sdp({ at: "10.0.0.9", direction: "sendonly", version: 2 }));
  await s.until(() => change.heard.includes(200), 80_000);
  assert.equal(called.got("INVITE"), 2);
  call.bye();
  await s.until(() => called.got("BYE") === 1);
});

test("… and not where the caller has cancelled the re-INVITE meanwhile", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const phone = await s.phone("217", 1, { kind: "tcp" });
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200 && phone.call.acks.length === 1);
  const { call: called } = phone;
  called.onCancel = () => {};
  called.on.set("INVITE", (transaction) => called.reply(transaction, 100));
  const change = call.reinvite(sdp({ at: "10.0.0.9", direction: "sendonly", version: 2 }));
  await s.until(() => s.ladder().includes("217 > us 100 INVITE"));
  // Once we have it.
  await s.run(10);
  phone.transport.dropStreams();
  change.cancel();
  await s.until(() => change.heard.some((status) => status >= 400), 80_000);
  await s.run(40_000);
  assert.equal(called.got("INVITE"), 1);
});
