import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";
import { media, sdp } from "../sdp.ts";

const ANSWER = sdp({ at: "10.0.0.9", port: 5000 });

test("an INVITE without SDP: the phone's offer comes in our 200, the caller's answer goes to the phone in its ACK", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => {
    assert.equal(call.invite.body.length, 0, "the phone is asked for an offer");
    assert.equal(call.header("content-type"), undefined);
    call.ring();
  };
  const call = s.carrier.invite(NUMBER, { sdp: "", answer: ANSWER });
  await s.until(() => call.last === 180);
  phone.call.answer();
  await s.until(() => phone.call.acks.length === 1);
  assert.equal(media(call.remoteSdp), "10.1.1.215:4000 sendrecv");
  assert.equal(media(phone.call.acks[0]?.body ?? ""), "10.0.0.9:5000 sendrecv");
  const order = s.ladder();
  assert.ok(
    order.indexOf("carrier > us ACK") < order.indexOf("us > 215 ACK"),
    "our ACK waits for the caller's",
  );
  call.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  await s.assertClean();
});

test("copies of the phone's 200 while its ACK waits are no second answer", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER, { sdp: "", ack: false });
  await s.until(() => call.last === 200);
  await s.run(3000);
  assert.equal(phone.call.acks.length, 0);
  call.ack(ANSWER);
  await s.until(() => phone.call.acks.length === 1);
  await s.run(5000);
  call.bye();
  await s.assertClean();
  assert.equal(s.record.result, "completed");
});

test("no answer in the ACK: both are hung up, and the record says why", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER, { sdp: "", answer: "" });
  await s.until(() => phone.calls[0]?.got("BYE") === 1);
  await s.until(() => call.got("BYE") === 1);
  assert.equal(phone.call.acks.length, 1, "acknowledged before it is hung up");
  await s.assertClean();
  assert.match(s.story, /no SDP in its ACK/);
});

test("no ACK at all: the phone's 200 is acknowledged and hung up with the caller's", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER, { sdp: "", ack: false });
  await s.until(() => call.got("BYE") === 1, 40_000);
  await s.until(() => phone.call.got("BYE") === 1);
  const toPhone = s.ladder().filter((line) => line.startsWith("us > 215"));
  assert.deepEqual(toPhone.slice(-2), ["us > 215 ACK", "us > 215 BYE"]);
  await s.assertClean();
});

test("early media of a phone is no offer to a caller that sent none", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  const call = s.carrier.invite(NUMBER, { sdp: "", answer: ANSWER });
  await s.until(() => call.last === 180);
  assert.equal(call.remoteSdp, "");
  phone.call.answer();
  await s.until(() => phone.call.acks.length === 1);
  call.bye();
  await s.assertClean();
});

test("the caller requires 100rel and sends no offer: only 100 and the final response", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER, { sdp: "", answer: ANSWER, headers: [["Require", "100rel"]] });
  await s.run(3000);
  assert.deepEqual(call.heard, [100], "RFC 3262 §5: a reliable one would have to carry an offer");
  phone.call.answer();
  await s.until(() => phone.call.acks.length === 1);
  call.bye();
  await s.assertClean();
});
