import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import { BOARD, NUMBER, Scenario, says } from "../harness.ts";

const ASKS = `- type: webhook
  webhook: CRM
  success: [{ type: phone, phone: "215", ringSeconds: 20 }]
  failed: [{ type: phone, phone: "216", ringSeconds: 20 }]`;

test("the caller hangs up during the webhook: 487, nobody rings, the reply is still logged", async () => {
  const s = await Scenario.start({ plan: ASKS, webhook: () => ({ afterMs: 3000, result: says.ack() }) });
  const call = s.carrier.invite(NUMBER);
  await s.run(500);
  call.cancel();
  await s.until(() => call.last === 487);
  await s.run(500);
  assert.equal(s.records.length, 0, "the record waits for the reply, which a CRM still wants to give");
  await s.until(() => s.records.length === 1);
  assert.equal(s.at("215").calls.length + s.at("216").calls.length, 0);
  assert.equal(s.webhooks.asked.length, 1);
  const replied = s.record.story.find((event) => event.type === "replied");
  assert.match(replied?.reason ?? "", /^caller hung up/);
  const { startedAt, endedAt } = s.record;
  assert.ok(endedAt - startedAt < 600, "the call ended when the caller hung up, not when the reply came");
  assert.equal(s.record.result, "cancelled");
  await s.assertClean();
});

test("CANCEL before any provisional response from the phone: it waits for one", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  const call = s.carrier.invite(NUMBER);
  await s.until(() => phone.calls.length === 1);
  call.cancel();
  await s.until(() => call.last === 487);
  await s.run(3000);
  assert.equal(phone.call.cancelRequest, undefined, "RFC 3261 §9.1: not before a provisional response");
  phone.call.respond(100);
  await s.until(() => phone.call.cancelRequest !== undefined);
  await s.assertClean();
  assert.equal(s.record.result, "cancelled");
});

test("a phone that never says anything: the INVITE is given up, nothing is left", async () => {
  const s = await Scenario.start();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480, 40_000);
  await s.run(40_000);
  assert.equal(s.board.counts().transactions, 0);
  // It wakes up, and is told that nobody waits any more.
  s.at("215").call.respond(180);
  s.at("215").call.respond(487);
  await s.assertClean();
  assert.match(s.story, /did not answer|could not be reached|nobody answered/i);
});

/** A phone rings, the caller has hung up, and the phone makes nothing of the CANCEL. */
async function cancelledInVain(): Promise<{ s: Scenario; phone: Agent; call: AgentCall }> {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => {
    call.ring();
    call.onCancel = () => {};
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  call.cancel();
  return { s, phone, call };
}

test("CANCEL without a final answer: the phone is forgotten 64*T1 later", async () => {
  const { s, phone, call } = await cancelledInVain();
  await s.until(() => call.last === 487);
  await s.run(40_000);
  const { transactions, dialogs } = s.board.counts();
  assert.deepEqual({ transactions, dialogs }, { transactions: 0, dialogs: 0 });
  phone.call.respond(487);
  await s.assertClean();
});

test("CANCEL crosses the phone's 200: ACK and BYE to the phone, 487 to the caller", async () => {
  const { s, phone, call } = await cancelledInVain();
  await s.run(1);
  phone.call.answer();
  await s.until(() => phone.call.got("BYE") === 1);
  assert.equal(phone.call.acks.length, 1);
  assert.equal(call.last, 487);
  await s.assertClean();
  assert.equal(s.record.result, "cancelled");
  assert.equal(s.record.missed, true);
});

test("the phone that lost had answered too: ACK and BYE with the reason", async () => {
  const s = await Scenario.start({ plan: `- { type: group, group: "300", ringSeconds: 20 }` });
  for (const name of ["215", "216"]) s.at(name).onCall = (call) => call.ring();
  s.at("216").onCall = (call) => {
    call.ring();
    call.onCancel = () => {};
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
  await s.run(1000);
  s.at("215").call.answer();
  s.at("216").call.answer();
  await s.until(() => s.at("216").call.got("BYE") === 1);
  const bye = s.at("216").call.requests[0]?.request;
  assert.match(bye?.headers.get("reason") ?? "", /cause=200/);
  await s.until(() => call.last === 200);
  assert.equal(s.at("215").call.got("BYE"), 0);
  call.bye();
  await s.assertClean();
  assert.match(s.record.answeredBy ?? "", /215/);
});

test("CANCEL crosses our 200 to the caller: 200 to the CANCEL, no effect, the caller's BYE ends it", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => call.last === 180);
  phone.call.answer();
  // The 200 is on its way when the caller gives up.
  s.network.intercept = (packet) =>
    packet.message.kind === "response" && packet.message.status === 200 && packet.from.host === BOARD
      ? { delayMs: packet.message.cseq.method === "INVITE" ? 100 : 1 }
      : undefined;
  await s.until(() => s.ladder().includes("us > carrier 200 INVITE"));
  call.cancel();
  await s.until(() => s.ladder().includes("us > carrier 200 CANCEL"));
  await s.until(() => call.last === 200);
  assert.equal(phone.call.got("BYE"), 0, "the call is up");
  call.ack();
  call.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  await s.assertClean();
  assert.equal(s.record.result, "completed");
});

test("CANCEL for a call that nobody knows: 481", async () => {
  const s = await Scenario.start();
  const call = s.carrier.invite("+31509999999");
  await s.until(() => call.last === 404);
  s.network.inject(
    [
      `CANCEL sip:${NUMBER}@${BOARD} SIP/2.0`,
      "Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKnobody",
      "Max-Forwards: 70",
      "From: <sip:x@10.0.0.9>;tag=1",
      `To: <sip:${NUMBER}@${BOARD}>`,
      "Call-ID: nobody",
      "CSeq: 1 CANCEL",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
    { host: "10.0.0.9", port: 5060 },
    { host: BOARD, port: 5060 },
  );
  await s.until(() => s.ladder().includes("us > carrier 481 CANCEL"));
  await s.assertClean();
});

test("the caller's connection breaks while a phone rings: the phone is cancelled, nothing is left", async () => {
  const s = await Scenario.start({ company: "" });
  const caller = await s.phone("217", 1, { kind: "tcp" });
  s.at("215").onCall = (call) => call.ring();
  const call = caller.invite("215");
  await s.until(() => call.last === 180);
  caller.transport.up = false;
  caller.transport.dropStreams();
  await s.until(() => s.at("215").call.cancelRequest !== undefined);
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.missed, true);
  await s.run(100_000);
  const { calls, dialogs, transactions } = s.board.counts();
  assert.deepEqual({ calls, dialogs, transactions }, { calls: 0, dialogs: 0, transactions: 0 });
});
