import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, finish } from "../connected.ts";
import { CARRIER, CARRIER_TWO, NUMBER, Scenario } from "../harness.ts";
import { media, sdp } from "../sdp.ts";

const ANCHORED = { phone215: "media: anchored" };

test("a phone set to anchored: both sides get our addresses, and the story says why", async () => {
  const call = await connected(ANCHORED);
  const { s, a, b } = call;
  assert.equal(media(b.remoteSdp), "10.0.0.1:20004 sendrecv");
  assert.equal(media(a.remoteSdp), "10.0.0.1:20002 sendrecv");
  assert.deepEqual(s.media.call.log, [
    "remoteOffer A",
    "localOffer B1 like A",
    "remoteAnswer B1",
    "localAnswer A like B1",
    "bridge A B1",
  ]);
  await finish(call);
  assert.match(s.story, /phone 215 is set to "media: anchored" \(leg B1\)/);
  assert.ok(s.media.call.closed);
});

test("the sound of other calls passes us by, and no engine is asked", async () => {
  const call = await connected();
  assert.equal(media(call.a.remoteSdp), "10.1.1.215:4000 sendrecv");
  assert.equal(call.s.media.calls.length, 0);
  await finish(call);
});

test("a caller whose description names an address of its own network is behind NAT", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { sdp: sdp({ at: "192.168.1.7" }) });
  await s.until(() => a.last === 200);
  assert.equal(s.media.call.hears("A"), "B1");
  a.bye();
  await s.assertClean();
  assert.match(s.story, /trunk "carrier" is behind NAT/);
});

test("early media through us: the caller hears the phone before it answers", async () => {
  const s = await Scenario.start(ANCHORED);
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  const b = s.at("215").call;
  b.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => a.last === 183);
  assert.equal(media(a.remoteSdp), "10.0.0.1:20002 sendrecv");
  assert.equal(s.media.call.hears("A"), "B1");
  b.answer();
  await s.until(() => a.last === 200);
  assert.equal(media(a.remoteSdp), "10.0.0.1:20002 sendrecv", "the same in one dialog (RFC 3261 §13.2.1)");
  a.bye();
  await s.assertClean();
});

/** A phone that sends early media and is cancelled, a message, and a phone that answers. */
const UNANSWERED = `- { type: phone, phone: "215", ringSeconds: 20 }
- { type: audio, message: hello }
- { type: phone, phone: "216", ringSeconds: 20 }`;

test("early media is over with the ringing: what plays next is heard to its end, however late the phone's 487 comes", async () => {
  const s = await Scenario.start({ ...ANCHORED, plan: UNANSWERED });
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  const b = s.at("215").call;
  b.onCancel = () => undefined;
  b.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => s.media.call.hears("A") === "B1");
  await s.until(() => s.media.call.hears("A") === "hello");
  assert.equal(s.media.call.bridged, undefined);
  const begun = s.media.call.log.length;
  b.respond(487);
  await s.until(() => s.media.call.log.includes("release B1"));
  assert.equal(s.media.call.hears("A"), "hello");
  await s.until(() => s.media.call.hears("A") === "B2");
  assert.ok(!s.media.call.log.slice(begun).includes("unbridge"));
  a.bye();
  await s.assertClean();
});

test("early media that the engine has taken only when the ringing is over is not passed on", async () => {
  const s = await Scenario.start({ ...ANCHORED, plan: UNANSWERED });
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  const b = s.at("215").call;
  b.onCancel = () => undefined;
  s.media.delayMs = 500;
  await s.run(19_200);
  b.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => s.media.call.hears("A") === "hello");
  assert.deepEqual(a.heard, [100, 200]);
  b.respond(487);
  await s.until(() => s.media.call.hears("A") === "B2");
  assert.ok(!s.media.call.log.includes("bridge A B1"));
  a.bye();
  await s.assertClean();
});

test("hold and resume of either side are answered by us; the other side hears nothing of it", async () => {
  const call = await connected(ANCHORED);
  const { s, a, b } = call;
  for (const [party, address] of [
    [a, CARRIER],
    [b, "10.1.1.215"],
  ] as const) {
    const hold = party.reinvite(sdp({ at: address, direction: "sendonly", version: 2 }));
    await s.until(() => hold.heard.includes(200));
    const resume = party.update(sdp({ at: address, version: 3 }));
    await s.until(() => resume.heard.includes(200));
  }
  assert.equal(a.got("INVITE") + a.got("UPDATE") + b.got("INVITE") + b.got("UPDATE"), 0);
  const empty = a.reinvite("", [], sdp({ at: CARRIER, version: 4 }));
  await s.until(() => empty.heard.includes(200));
  await s.until(() => s.media.call.log.filter((entry) => entry === "remoteAnswer A").length === 1);
  const broken = b.reinvite("v=0\r\n");
  await s.until(() => broken.heard.includes(488));
  await finish(call);
  assert.match(s.story, /The caller put the call on hold/);
  assert.match(s.story, /The callee put the call on hold/);
});

test("a party that goes on from another address may send its sound from there; who only pretends to be it may not", async () => {
  const call = await connected(ANCHORED);
  const { s, a, b } = call;
  const { signalledFrom } = s.media.call;
  assert.deepEqual(Object.fromEntries(signalledFrom), { A: CARRIER, B1: "10.1.1.215" });
  const body = sdp({ at: "192.168.1.7", version: 2 });
  const moved = a.send("UPDATE", { body, by: s.trunk("two", CARRIER_TWO) });
  await s.until(() => moved.heard.includes(200));
  b.send("UPDATE", { body, by: s.stranger() });
  await s.until(() => s.media.call.log.filter((entry) => entry.startsWith("remoteOffer B1")).length === 1);
  assert.deepEqual(Object.fromEntries(signalledFrom), { A: CARRIER_TWO, B1: "10.1.1.215" });
  await finish(call);
});

test("INFO is carried across a call whose sound passes through us", async () => {
  const call = await connected(ANCHORED);
  const { s, a, b } = call;
  const info = a.info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
  await s.until(() => info.heard.includes(200));
  assert.equal(b.got("INFO"), 1);
  await finish(call);
});

test("a caller without an offer: ours in the 200, its answer in the ACK, and the phone got one at once", async () => {
  const call = await connected(ANCHORED, { sdp: "", answer: sdp({ at: CARRIER }) });
  const { s, a, b } = call;
  assert.equal(media(b.invite.body), "10.0.0.1:20002 sendrecv");
  assert.equal(media(a.remoteSdp), "10.0.0.1:20004 sendrecv");
  assert.ok(s.media.call.log.includes("remoteAnswer A"));
  await finish(call);
});

test("several phones of a group: who answers is heard, the others' ends are given back", async () => {
  const s = await Scenario.start({ ...ANCHORED, plan: `- { type: group, group: "300", ringSeconds: 20 }` });
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.ring();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
  s.at("216").call.answer();
  await s.until(() => a.last === 200);
  assert.equal(media(a.remoteSdp), "10.1.1.216:4000 sendrecv", "216 is not anchored");
  await s.until(() => s.media.call.closed);
  a.bye();
  await s.assertClean();
});

test("the phone hangs up while the engine still makes the caller's answer: the next step follows", async () => {
  const plan = `- { type: phone, phone: "215", ringSeconds: 20 }
- { type: phone, phone: "216", ringSeconds: 20 }`;
  const s = await Scenario.start({ ...ANCHORED, plan });
  s.media.delayMs = 500;
  s.at("215").onCall = (call) => call.answer();
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("215").call.acks.length === 1);
  s.at("215").call.bye();
  await s.until(() => a.last === 200);
  assert.equal(media(a.remoteSdp), "10.1.1.216:4000 sendrecv");
  a.bye();
  await s.assertClean();
  assert.match(s.story, /hung up before it was connected/);
});

test("the caller cancels while the engine still makes its answer: the phone that answered gets BYE", async () => {
  const s = await Scenario.start(ANCHORED);
  s.media.delayMs = 500;
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("215").call.acks.length === 1);
  a.cancel();
  await s.until(() => a.last === 487 && s.at("215").call.got("BYE") === 1);
  await s.assertClean();
});

test("a phone that has no codec of the caller's (488) is tried once more with ours", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => (s.at("215").calls.length === 1 ? call.respond(488) : call.answer());
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200);
  assert.equal(s.media.call.hears("A"), "B2");
  assert.equal(media(s.at("215").call.invite.body), "10.0.0.1:20004 sendrecv");
  a.bye();
  await s.assertClean();
  assert.match(s.story, /phone 215 can use nothing of what the caller offers \(leg B2\)/);
});

test("a phone that refuses ours as well (488) has refused; passThrough is not tried again at all", async () => {
  for (const [phone215, tries] of [
    ["media: auto", 2],
    ["media: passThrough", 1],
  ] as const) {
    const s = await Scenario.start({ phone215 });
    s.at("215").onCall = (call) => call.respond(488);
    const a = s.carrier.invite(NUMBER);
    await s.until(() => (a.last ?? 0) >= 300);
    assert.equal(a.last, 480);
    assert.equal(s.at("215").calls.length, tries);
    await s.assertClean();
  }
});
