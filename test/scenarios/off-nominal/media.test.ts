// Calls whose sound cannot be had: no engine, a full one, one that dies; one side with IPv6, the other with IPv4.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connected } from "../connected.ts";
import { CARRIER, NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

const ANCHORED = { phone215: "media: anchored" };
const FULL = { status: 503, reason: "no port is free for the sound" } as const;

/** The same description at an IPv6 address. */
const six = sdp({ at: "2001:db8::7" }).replaceAll("IN IP4", "IN IP6");

test("M8: no port for the sound: the caller gets 503 with Retry-After, and the story says why", async () => {
  const s = await Scenario.start(ANCHORED);
  s.media.fault = FULL;
  const a = s.carrier.invite(NUMBER);
  await s.until(() => (a.last ?? 0) >= 300);
  assert.equal(a.last, 503);
  assert.match(a.responses.at(-1)?.headers.get("retry-after") ?? "", /^\d+$/);
  assert.equal(s.at("215").calls.length, 0, "no phone rings for a call that nobody could hear");
  await s.assertClean();
  assert.match(s.story, /no port is free for the sound/);
});

test("M8: what the engine has against the answer of a phone is no absence either; the phone is told why", async () => {
  const s = await Scenario.start(ANCHORED);
  s.at("215").onCall = (call) => {
    s.media.fault = FULL;
    call.answer();
  };
  const a = s.carrier.invite(NUMBER);
  await s.until(() => (a.last ?? 0) >= 300);
  assert.equal(a.last, 503);
  const b = s.at("215").call;
  await s.until(() => b.got("BYE") === 1);
  assert.match(reasonOfBye(b), /^SIP;cause=503;text="/);
  await s.assertClean();
});

test("M8: a person's refusal says more than a leg without sound", async () => {
  const s = await Scenario.start(ANCHORED);
  s.at("215").onCall = (call) => call.respond(486);
  const a = s.carrier.invite(NUMBER);
  await s.until(() => (a.last ?? 0) >= 300);
  assert.notEqual(a.last, 503);
  await s.assertClean();
});

test("M8: the engine dies in a call: both sides get BYE with the reason, and the story has the sentence", async () => {
  const { s, a, b } = await connected(ANCHORED);
  s.media.call.user.onLost("The rtpengine at 192.0.2.1:2223 answers no more.");
  await s.until(() => a.got("BYE") === 1 && b.got("BYE") === 1);
  for (const side of [a, b])
    assert.equal(reasonOfBye(side), 'SIP;cause=503;text="The sound of the call was lost"');
  await s.assertClean();
  assert.match(s.story, /The rtpengine at 192\.0\.2\.1:2223 answers no more/);
});

test("T4: a caller with IPv6, a phone with IPv4: the sound passes through us", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { sdp: six });
  await s.until(() => a.last === 200);
  assert.equal(s.media.call.hears("A"), "B1");
  a.bye();
  await s.assertClean();
  assert.match(s.story, /trunk "carrier" has IPv6 and phone 215 has IPv4/);
});

test("T4: the same where the phone demands to be passed through: 488 and the reason", async () => {
  const s = await Scenario.start({ phone215: "media: passThrough" });
  const a = s.carrier.invite(NUMBER, { sdp: six });
  await s.until(() => (a.last ?? 0) >= 300);
  assert.equal(a.last, 488);
  assert.equal(s.at("215").calls.length, 0);
  await s.assertClean();
  assert.match(s.story, /phone 215 is set to "media: passThrough": nothing can flow/);
});

test("T4: an answer of another family than the offer that went directly: both are told, nobody hears silence", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.answer({ sdp: six });
  const a = s.carrier.invite(NUMBER, { sdp: sdp({ at: CARRIER }) });
  await s.until(() => (a.last ?? 0) >= 300);
  assert.equal(a.last, 488);
  const b = s.at("215").call;
  await s.until(() => b.got("BYE") === 1);
  await s.assertClean();
  assert.match(s.story, /the caller's sound has IPv4 and the answer's has IPv6/);
});

/** Why the server has hung up, as the party was told. */
function reasonOfBye({ requests }: { readonly requests: readonly Hears[] }): string {
  return requests.find(({ request }) => request.method === "BYE")?.request.headers.get("reason") ?? "";
}

interface Hears {
  readonly request: { readonly method: string; readonly headers: { get(name: string): string | undefined } };
}
