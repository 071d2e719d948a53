import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaSaid } from "../../../src/media/words.ts";
import { CARRIER, NUMBER, Scenario, says } from "../harness.ts";
import { sdp } from "../sdp.ts";

const PLAN = `- type: webhook
  webhook: code
  success:
    - { type: phone, phone: "215", ringSeconds: 20 }
  failed:
    - { type: phone, phone: "216", ringSeconds: 20 }`;

test("no media engine can answer: the failed branch, the caller not answered, the reason in the story", async () => {
  const s = await Scenario.start({ plan: PLAN });
  s.media.fault = { status: 503, reason: mediaSaid("media.threadNotRunning", {}) };
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200);
  assert.match(a.remoteSdp, /c=IN IP4 10\.1\.1\.216/, "past us, as for any other call");
  a.bye();
  await s.assertClean();
  assert.match(s.story, /The media thread is not running/);
});

test("an offer without audio: the failed branch", async () => {
  const s = await Scenario.start({ plan: PLAN });
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { sdp: sdp({ at: CARRIER }).replace("m=audio", "m=image") });
  await s.until(() => a.last === 200);
  a.bye();
  await s.assertClean();
  assert.match(s.story, /The description has no sound that can be used/);
});

// The caller hangs up at every moment of a call that asks for a code.
const moments: readonly [string, (s: Scenario) => boolean][] = [
  ["while the message plays", (s) => s.media.call.hears("A") === "hello"],
  ["while it types", (s) => s.media.call.listening.has("A") && s.media.call.hears("A") === ""],
  ["while the webhook is asked", (s) => s.webhooks.asked.length === 1],
  ["while the phone rings", (s) => s.media.call.hears("A") === "ringback"],
];
for (const [moment, happened] of moments) {
  test(`the caller hangs up ${moment}: everything ends, once`, async () => {
    const s = await Scenario.start({ plan: PLAN, webhook: () => ({ afterMs: 500, result: says.ack() }) });
    s.at("215").onCall = (call) => call.ring();
    const a = s.carrier.invite(NUMBER);
    await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") === "hello");
    if (moment !== "while the message plays") s.media.call.press("1");
    if (moment !== "while the message plays" && moment !== "while it types") s.media.call.press("#");
    await s.until(() => happened(s));
    const bye = a.bye();
    await s.until(() => bye.heard.includes(200));
    await s.assertClean();
    assert.equal(s.record.result, "cancelled");
    assert.equal(s.record.missed, true);
    assert.ok(s.media.call.closed);
    const rang = s.at("215").calls.length;
    assert.equal(rang, moment === "while the phone rings" ? 1 : 0);
    if (rang === 1) assert.ok(s.at("215").call.cancelRequest);
  });
}

test("CANCEL crosses our 200: it has no effect, the caller's BYE ends the call", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200);
  a.cancel();
  const bye = a.bye();
  await s.until(() => bye.heard.includes(200));
  await s.assertClean();
  assert.equal(s.record.result, "cancelled");
});

test("no ACK comes for our 200: nothing is played, the call ends with BYE after 32 s", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.got("BYE") === 1, 40_000);
  assert.equal(s.media.call.hears("A"), "");
  await s.assertClean();
  assert.match(s.story, /no ACK came for our 200 OK/);
});

test("a caller without an offer whose ACK answers nothing usable: BYE, with the reason", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const a = s.carrier.invite(NUMBER, { sdp: "", answer: "" });
  await s.until(() => a.got("BYE") === 1);
  await s.assertClean();
  assert.match(s.story, /what the caller's ACK answered cannot be used/);
});

test("the media engine loses the call: both sides get BYE, the reason is in the story", async () => {
  const s = await Scenario.start({ plan: PLAN });
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") === "hello");
  s.media.call.press("1#");
  await s.until(() => s.media.call.hears("A") === "B1");
  s.media.call.user.onLost(mediaSaid("media.threadDied", {}));
  await s.until(() => a.got("BYE") === 1 && s.at("215").call.got("BYE") === 1);
  await s.assertClean();
  assert.match(s.story, /the media thread of the switchboard died/);
});

test("no sound from a party: both sides get BYE, the reason is in the story", async () => {
  for (const [end, who] of [
    ["A", "the caller's side"],
    ["B1", "the called side"],
  ] as const) {
    const s = await Scenario.start({ plan: PLAN });
    s.at("215").onCall = (call) => call.answer();
    const a = s.carrier.invite(NUMBER);
    await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") === "hello");
    s.media.call.press("1#");
    await s.until(() => s.media.call.hears("A") === "B1");
    s.media.call.user.onSilent(end, 60);
    await s.until(() => a.got("BYE") === 1 && s.at("215").call.got("BYE") === 1);
    await s.assertClean();
    assert.match(s.story, new RegExp(`no sound has come from ${who} for 60 s`));
  }
});

test("no sound from a leg that rang before and has not ended yet: nobody hears it, and the call goes on", async () => {
  const plan = `- { type: audio, message: hello }
- { type: phone, phone: "215", ringSeconds: 20 }
- { type: phone, phone: "216", ringSeconds: 20 }`;
  const s = await Scenario.start({ plan });
  s.at("215").onCall = (call) => {
    call.onCancel = () => undefined;
    call.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  };
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") === "B2");
  s.media.call.user.onSilent("B1", 60);
  await s.run(1000);
  assert.equal(a.got("BYE"), 0);
  s.at("215").call.respond(487);
  a.bye();
  await s.assertClean();
  assert.equal(s.record.result, "completed");
});

test("a phone that answers with a description nobody can use is hung up; the next step follows", async () => {
  const plan = PLAN.replace(
    '    - { type: phone, phone: "215", ringSeconds: 20 }',
    '    - { type: phone, phone: "215", ringSeconds: 20 }\n    - { type: phone, phone: "216", ringSeconds: 20 }',
  );
  const s = await Scenario.start({ plan });
  s.at("215").onCall = (call) => call.answer({ sdp: "v=0\r\n" });
  s.at("216").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") === "hello");
  s.media.call.press("1#");
  await s.until(() => s.media.call.hears("A") === "B2");
  assert.equal(s.at("215").call.got("BYE"), 1);
  a.bye();
  await s.assertClean();
});

test("the installation stops while a code is typed: BYE", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") === "hello");
  void s.board.supervisor.drain(0);
  await s.until(() => a.got("BYE") === 1);
  await s.assertClean();
  assert.match(s.story, /the switchboard was stopped/);
});

test("an audio message that is gone: said, and the next step follows", async () => {
  const plan = `- { type: audio, message: hello }
- { type: phone, phone: "215", ringSeconds: 20 }`;
  const s = await Scenario.start({ plan });
  s.snapshot = { ...s.snapshot, audioMessages: new Map() };
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200);
  assert.equal(s.media.calls.length, 0, "nothing to play, so nobody is answered for it");
  a.bye();
  await s.assertClean();
  assert.match(s.story, /There is no audio message "hello"/);
});

test("a phone that rings for long and a caller who waits for it need not send any sound", async () => {
  const plan = `- { type: phone, phone: "215", ringSeconds: 100 }`;
  const s = await Scenario.start({ plan, phone215: "media: anchored" });
  s.at("215").onCall = (call) => call.ring();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && a.last === 180);
  await s.run(60_000);
  s.media.call.user.onSilent("A", 60);
  s.media.call.user.onSilent("B1", 60);
  s.at("215").call.answer();
  await s.until(() => a.last === 200);
  a.bye();
  await s.assertClean();
  assert.equal(s.record.result, "completed");
});
