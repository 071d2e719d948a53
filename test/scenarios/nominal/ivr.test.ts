import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentCall } from "../agent-call.ts";
import { CARRIER, NUMBER, Scenario, type ScenarioParts, says } from "../harness.ts";
import { media, sdp } from "../sdp.ts";

const PLAN = `- type: webhook
  webhook: code
  success:
    - { type: phone, phone: "215", ringSeconds: 20 }
  failed:
    - { type: hangUp, as: rejected }`;

/** A call whose caller has been answered and hears the start message. */
async function prompted(
  parts: ScenarioParts = {},
  options: Parameters<Scenario["carrier"]["invite"]>[1] = {},
): Promise<{ readonly s: Scenario; readonly a: AgentCall }> {
  const s = await Scenario.start({ plan: PLAN, ...parts });
  const a = s.carrier.invite(NUMBER, options);
  await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") !== "");
  return { s, a };
}

/** Accepts one code only. */
const vault = (code: string): NonNullable<ScenarioParts["webhook"]> => {
  return (values) => ({ result: values.code === code ? says.ack() : says.nak() });
};

test("a wrong code, then the right one: answered once, both asked for, connected with the sound through us", async () => {
  const { s, a } = await prompted({ webhook: vault("0765") });
  s.at("215").onCall = (call) => call.answer();
  assert.deepEqual(a.heard, [100, 200], "answered lazily, and nothing in between");
  assert.equal(media(a.remoteSdp), "10.0.0.1:20002 sendrecv");
  assert.equal(s.media.call.hears("A"), "hello");
  s.media.call.press("0");
  assert.equal(s.media.call.hears("A"), "", "a digit stops the message");
  s.media.call.press("764#");
  await s.until(() => s.media.call.hears("A") === "wrong");
  s.media.call.press("0765#");
  await s.until(() => s.at("215").calls.length === 1 && s.media.call.hears("A") === "B1");
  assert.deepEqual(
    s.webhooks.asked.map(({ values }) => values.code),
    ["0764", "0765"],
  );
  const phone = s.at("215").call;
  assert.equal(media(phone.invite.body), "10.0.0.1:20004 sendrecv", "our own offer, not the caller's");
  assert.deepEqual(s.media.call.bridged, ["A", "B1"]);
  a.bye();
  await s.until(() => phone.got("BYE") === 1);
  await s.assertClean();
  assert.equal(s.record.missed, false);
  assert.match(s.story, /4 digits/);
  assert.match(s.story, /sound passes through us \(fake\)/);
  assert.match(s.story, /Sound: PCMA\/8000, 100 packets in/);
  assert.doesNotMatch(JSON.stringify(s.record.story), /(?<![\w.])076/, "no code in the record");
  assert.ok(s.media.call.closed);
});

test("the message starts when the ACK has come, not before", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.last === 200);
  await s.run(400);
  assert.equal(s.media.call.hears("A"), "");
  a.ack();
  await s.until(() => s.media.call.hears("A") === "hello");
  a.bye();
  await s.assertClean();
});

test("keys that are faster than the ACK count, as they would over the message", async () => {
  const s = await Scenario.start({ plan: PLAN, webhook: vault("0765") });
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.last === 200 && s.media.calls.length > 0);
  s.media.call.press("0765#");
  a.ack();
  await s.until(() => s.at("215").calls.length === 1 && s.media.call.hears("A") === "B1");
  assert.deepEqual(
    s.webhooks.asked.map(({ values }) => values.code),
    ["0765"],
  );
  a.bye();
  await s.assertClean();
});

test("of keys that are faster than the ACK one ends a message, and the others are the code behind it", async () => {
  const plan = `- { type: audio, message: hello }\n${PLAN}`;
  const s = await Scenario.start({ plan, webhook: vault("765") });
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.last === 200 && s.media.calls.length > 0);
  s.media.call.press("0765#");
  a.ack();
  await s.until(() => s.at("215").calls.length === 1 && s.media.call.hears("A") === "B1");
  assert.deepEqual(
    s.webhooks.asked.map(({ values }) => values.code),
    ["765"],
  );
  a.bye();
  await s.assertClean();
});

test("keys of a caller who never sends an ACK are nobody's", async () => {
  const s = await Scenario.start({ plan: PLAN });
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.last === 200 && s.media.calls.length > 0);
  for (let at = 0; at < 100; at += 1) s.media.call.press("1");
  await s.until(() => a.ended, 60_000);
  assert.equal(s.webhooks.asked.length, 0);
  await s.assertClean();
});

test("three seconds of silence end a code, a star clears it, keys that are no digits do nothing", async () => {
  const { s, a } = await prompted({ webhook: vault("77") });
  s.at("215").onCall = (call) => call.ring();
  s.media.call.press("12*A77");
  await s.run(2900);
  assert.equal(s.webhooks.asked.length, 0);
  await s.run(200);
  assert.deepEqual(
    s.webhooks.asked.map(({ values }) => values.code),
    ["77"],
  );
  await s.until(() => s.media.call.hears("A") === "ringback");
  a.bye();
  await s.until(() => s.at("215").call.cancelRequest !== undefined);
  await s.assertClean();
  assert.equal(s.record.missed, true);
});

test("no key in time: the time-out message each time, no request, failed after the last attempt, BYE", async () => {
  const { s, a } = await prompted();
  await s.until(() => a.ended, 120_000);
  const played = s.media.call.log.filter((entry) => entry.startsWith("play A "));
  assert.deepEqual(played, ["play A hello", "play A late", "play A late", "play A late"]);
  assert.equal(s.webhooks.asked.length, 0);
  assert.equal(a.got("BYE"), 1);
  await s.assertClean();
  assert.match(s.story, /Switchhook ended the call/);
  assert.equal(s.record.result, "rejected");
});

test("digits by INFO and by events at once are counted once; by INFO alone too", async () => {
  const { s, a } = await prompted({ webhook: vault("55") });
  s.at("215").onCall = (call) => call.answer();
  for (const key of "55") {
    s.media.call.press(key);
    const info = a.info("application/dtmf-relay", `Signal=${key}\r\nDuration=160\r\n`);
    await s.until(() => info.heard.includes(200));
  }
  const hash = a.info("application/dtmf", "#");
  await s.until(() => hash.heard.includes(200));
  await s.until(() => s.at("215").calls.length === 1);
  assert.deepEqual(
    s.webhooks.asked.map(({ values }) => values.code),
    ["55"],
  );
  await s.until(() => s.media.call.hears("A") === "B1");
  a.bye();
  await s.assertClean();
  const infos = s.record.sip.filter(({ text }) => text.startsWith("INFO "));
  assert.equal(infos.length, 3);
  for (const { text } of infos)
    assert.match(text, /Signal=\*\r\n|\r\n\r\n\*$/, "keys are masked in the record");
  assert.match(s.story, /RFC 4733 events/);
});

test("an INFO that is no key: 415 with what is accepted; one that is broken: 400", async () => {
  const { s, a } = await prompted();
  const other = a.info("application/media_control+xml", "<x/>");
  const broken = a.info("application/dtmf-relay", "Signal=many");
  await s.until(() => other.heard.length > 0 && broken.heard.length > 0);
  assert.deepEqual([other.heard, broken.heard], [[415], [400]]);
  assert.match(other.responses[0]?.headers.get("accept") ?? "", /application\/dtmf-relay/);
  a.bye();
  await s.assertClean();
});

test("a caller without an offer gets ours in the 200, and its ACK brings the answer", async () => {
  const { s, a } = await prompted({}, { sdp: "", answer: sdp({ at: CARRIER }) });
  assert.equal(media(a.remoteSdp), "10.0.0.1:20002 sendrecv");
  assert.deepEqual(s.media.call.log.slice(0, 2), ["localOffer A", "remoteAnswer A"]);
  a.bye();
  await s.assertClean();
});

test("early media of a phone is heard by a caller who was answered; without it, ringing", async () => {
  const { s, a } = await prompted({ webhook: vault("9") });
  s.media.call.press("9#");
  await s.until(() => s.at("215").calls.length === 1);
  const phone = s.at("215").call;
  phone.ring();
  await s.until(() => s.media.call.hears("A") === "ringback");
  phone.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => s.media.call.hears("A") === "B1");
  assert.equal(a.heard.filter((status) => status >= 180).length, 1, "nothing more is said about ringing");
  phone.answer();
  await s.until(() => phone.acks.length === 1);
  phone.bye();
  await s.until(() => a.ended);
  await s.assertClean();
});

test("early media that came to nothing: the next phone's ringing is heard again", async () => {
  const { s, a } = await prompted({ webhook: vault("9") });
  s.media.call.press("9#");
  await s.until(() => s.at("215").calls.length === 1);
  const phone = s.at("215").call;
  phone.ring();
  await s.until(() => s.media.call.hears("A") === "ringback");
  phone.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => s.media.call.hears("A") === "B1");
  s.at("216").onCall = (call) => call.ring();
  phone.respond(302, { headers: [["Contact", "<sip:216@10.0.0.1>"]] });
  await s.until(() => s.at("216").calls.length === 1 && s.media.call.hears("A") === "ringback");
  a.bye();
  await s.until(() => s.at("216").call.cancelRequest !== undefined);
  await s.assertClean();
});

test("early media that the engine has taken only when the ringing is over does not come over what plays next", async () => {
  const plan = `- { type: audio, message: hello }
- { type: phone, phone: "215", ringSeconds: 20 }
- { type: audio, message: late }`;
  const { s, a } = await prompted({ plan });
  await s.until(() => s.at("215").calls.length === 1);
  const phone = s.at("215").call;
  phone.onCancel = () => undefined;
  s.media.delayMs = 500;
  await s.run(19_800);
  phone.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => s.media.call.hears("A") === "late");
  await s.run(1000);
  assert.equal(s.media.call.hears("A"), "late");
  phone.respond(487);
  await s.until(() => a.ended);
  await s.assertClean();
});

test("a group rings for a caller who was answered: who answers is heard, the other is cancelled", async () => {
  const plan = PLAN.replace('phone, phone: "215"', 'group, group: "300"');
  const { s, a } = await prompted({ plan, webhook: vault("9") });
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.ring();
  s.media.call.press("9#");
  await s.until(() => s.media.call.hears("A") === "ringback");
  s.at("216").call.answer();
  await s.until(() => s.media.call.hears("A") === "B2");
  await s.until(() => s.at("215").call.cancelRequest !== undefined);
  await s.until(() => s.media.call.log.includes("release B1"));
  a.bye();
  await s.assertClean();
});

test("nobody answers: the ringing stops and the caller, who was answered, gets BYE", async () => {
  const { s, a } = await prompted({ webhook: vault("9") });
  s.at("215").onCall = (call) => call.respond(486);
  s.media.call.press("9#");
  await s.until(() => a.ended);
  await s.assertClean();
  assert.equal(s.record.result, "busy");
  assert.equal(s.record.missed, true);
});

test("an audio message plays before a phone rings; a key skips it", async () => {
  const plan = `- { type: audio, message: hello }
- { type: audio, message: late }
- { type: phone, phone: "215", ringSeconds: 20 }`;
  const { s, a } = await prompted({ plan });
  s.at("215").onCall = (call) => call.answer();
  assert.equal(s.media.call.hears("A"), "hello");
  s.media.call.press("1");
  await s.until(() => s.media.call.hears("A") === "late");
  await s.run(1900);
  assert.equal(s.at("215").calls.length, 0);
  await s.until(() => s.media.call.hears("A") === "B1");
  a.bye();
  await s.assertClean();
});

test("the caller holds and resumes while it is asked, and the code still counts", async () => {
  const { s, a } = await prompted({ webhook: vault("12") });
  s.at("215").onCall = (call) => call.answer();
  s.media.call.press("1");
  const hold = a.reinvite(sdp({ at: CARRIER, direction: "sendonly", version: 2 }));
  await s.until(() => hold.heard.includes(200));
  s.media.call.press("2#");
  await s.until(() => s.media.call.hears("A") === "B1");
  a.bye();
  await s.assertClean();
});
