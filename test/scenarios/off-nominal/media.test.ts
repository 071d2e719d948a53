// Calls whose sound cannot be had: no engine, a full one, one that dies; one side with IPv6, the other with IPv4.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaSaid } from "../../../src/media/words.ts";
import { connected } from "../connected.ts";
import { CARRIER, NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

const ANCHORED = { phone215: "media: anchored" };
const FULL = { status: 503, reason: mediaSaid("media.portsUsedUp", {}) } as const;

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
  assert.match(s.story, /All media ports are in use or rest/);
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
  s.media.call.user.onLost(mediaSaid("rtpengine.silent", { server: "192.0.2.1:2223" }));
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

const AUDIO = `- { type: audio, message: hello }`;
const GATE = `- { type: webhook, webhook: code, success: [], failed: [] }`;

/** An offer whose m-line is another. */
const offering = (line: string, ...attributes: readonly string[]): string =>
  [
    "v=0",
    `o=someone 7 1 IN IP4 ${CARRIER}`,
    "s=-",
    `c=IN IP4 ${CARRIER}`,
    "t=0 0",
    line,
    ...attributes,
    "",
  ].join("\r\n");

for (const [name, offer, warning, says] of [
  [
    "no codec of ours",
    offering("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2"),
    305,
    /names opus\/48000, and no codec that is spoken here \(PCMA, PCMU, G722\)/,
  ],
  [
    "a static payload type without a name",
    offering("m=audio 4000 RTP/AVP 18 101"),
    305,
    /names G729, payload type 101/,
  ],
  ["SRTP alone", offering("m=audio 4000 RTP/SAVP 8"), 305, /is RTP\/SAVP, where only RTP\/AVP/],
  ["AVPF alone", offering("m=audio 4000 RTP/AVPF 0"), 305, /is RTP\/AVPF, where only RTP\/AVP/],
  ["video only", offering("m=video 4000 RTP/AVP 99", "a=rtpmap:99 H264/90000"), 304, /m-line 1 is video/],
  ["every port 0", offering("m=audio 0 RTP/AVP 8"), 304, /switched off \(port 0\)/],
  ["T.38 alone", offering("m=image 4000 udptl t38"), 304, /m-line 1 is image/],
] as const)
  for (const plan of [AUDIO, GATE])
    test(`N6: ${name}, where the plan ${plan === AUDIO ? "plays a message" : "asks for a code"}: 488 with Warning, and the story says why`, async () => {
      const s = await Scenario.start({ plan });
      const a = s.carrier.invite(NUMBER, { sdp: offer });
      await s.until(() => (a.last ?? 0) >= 300);
      assert.equal(a.last, 488);
      const header = a.responses.at(-1)?.headers.get("warning") ?? "";
      assert.match(
        header,
        new RegExp(`^${warning} switchhook "The description has no sound that can be used: [^"]+"$`),
      );
      assert.match(header, says);
      await s.assertClean();
      assert.equal(s.record.result, "failed");
      assert.match(s.record.reason, says, "the Why names the cause");
      assert.match(s.story, /Switchhook ended the call with 488/);
    });

test("N6: an answer of a phone that cannot be used: the phone hears why, so does the caller, and the story", async () => {
  const s = await Scenario.start(ANCHORED);
  s.at("215").onCall = (call) =>
    call.answer({ sdp: offering("m=audio 4000 RTP/AVP 97", "a=rtpmap:97 iLBC/8000") });
  const a = s.carrier.invite(NUMBER);
  await s.until(() => (a.last ?? 0) >= 300);
  assert.equal(a.last, 488);
  assert.match(
    a.responses.at(-1)?.headers.get("warning") ?? "",
    /^305 switchhook ".* names iLBC\/8000, and no codec/,
  );
  await s.until(() => s.at("215").call.got("BYE") === 1);
  assert.match(reasonOfBye(s.at("215").call), /cause=488/);
  await s.assertClean();
  assert.match(s.story, /names iLBC\/8000/);
});

test("N6: a hostile codec name is quoted, and adds no header field", async () => {
  const s = await Scenario.start({ plan: AUDIO });
  const a = s.carrier.invite(NUMBER, {
    sdp: offering("m=audio 4000 RTP/AVP 96", 'a=rtpmap:96 x"\\y,305-z"q/8000'),
  });
  await s.until(() => (a.last ?? 0) >= 300);
  assert.match(a.responses.at(-1)?.headers.get("warning") ?? "", /^305 switchhook "[^"\\]*"$/);
  await s.assertClean();
});

test("N6: a phone that speaks what the message could not be played in takes the call all the same", async () => {
  const s = await Scenario.start({ plan: `${AUDIO}\n- { type: phone, phone: "215", ringSeconds: 20 }` });
  s.at("215").onCall = (call) =>
    call.answer({ sdp: offering("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2") });
  const a = s.carrier.invite(NUMBER, {
    sdp: offering("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2"),
  });
  await s.until(() => a.last === 200);
  a.bye();
  await s.assertClean();
  assert.equal(s.record.result, "completed");
});
