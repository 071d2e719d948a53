import assert from "node:assert/strict";
import { test } from "node:test";
import type { Result } from "../../lib/result.ts";
import type { AudioCodec } from "../codec/codec.ts";
import type { MediaFault } from "../engine.ts";
import { type Agreement, Negotiation, type Wishes } from "./negotiation.ts";

const NOTHING: Wishes = { codecs: [], comfortNoise: false };

function negotiation(): Negotiation {
  return new Negotiation({ address: "192.0.2.1", port: 40_000 }, "17");
}

/** `audio`: the m-line's formats; then lines behind it. */
function sdp(formats: string, ...lines: readonly string[]): Uint8Array {
  const all = [
    "v=0",
    "o=phone 1 1 IN IP4 192.0.2.7",
    "s=-",
    "c=IN IP4 192.0.2.7",
    "t=0 0",
    `m=audio 5000 RTP/AVP ${formats}`,
    ...lines,
  ];
  return Buffer.from(all.map((line) => `${line}\r\n`).join(""));
}

const EVENTS = "a=rtpmap:101 telephone-event/8000";

function done<T>(result: Result<T, MediaFault>): T {
  if (!result.ok) assert.fail(result.error.reason.text);
  return result.value;
}

function agreed(one: Negotiation): Agreement {
  return one.agreement ?? assert.fail("nothing is agreed");
}

/** The m-line and its attributes, without those that are always the same. */
function line(octets: Uint8Array): readonly string[] {
  const lines = Buffer.from(octets).toString().trim().split("\r\n");
  return lines.filter((one) => /^m=|^a=(?!ptime|fmtp)/.test(one)).map((one) => one.slice(2));
}

function answered(offer: Uint8Array, wishes: Wishes = NOTHING): Agreement {
  const one = negotiation();
  done(one.remoteOffer(offer));
  done(one.answer(wishes));
  return agreed(one);
}

for (const [title, formats, wished, wanted] of [
  ["the first of the offer where nothing is wished", "0 8 9", [], "PCMU 0"],
  ["the wished one where both have it", "0 8 9", ["PCMA"], "PCMA 8"],
  ["the first wished one that is there", "0 9", ["PCMA", "G722", "PCMU"], "G722 9"],
  ["what is unknown is passed over", "18 3 97 9", ["PCMA"], "G722 9"],
] as const) {
  test(`the codec of an answer: ${title}`, () => {
    const codecs: readonly AudioCodec[] = wished;
    const { codec, payloadType } = answered(sdp(formats), { codecs, comfortNoise: false });
    assert.equal(`${codec} ${payloadType}`, wanted);
  });
}

test("a later offer keeps the codec that is spoken, if nothing else is wished", () => {
  const one = negotiation();
  done(one.remoteOffer(sdp("8")));
  done(one.answer(NOTHING));
  done(one.remoteOffer(sdp("0 9 8")));
  done(one.answer(NOTHING));
  assert.equal(agreed(one).codec, "PCMA");
});

test("an answer has the payload types of the offer, and one codec", () => {
  const one = negotiation();
  done(
    one.remoteOffer(
      sdp("96 97 0 98", "a=rtpmap:96 G722/8000", "a=rtpmap:97 PCMA/8000", "a=rtpmap:98 telephone-event/8000"),
    ),
  );
  assert.deepEqual(line(done(one.answer({ codecs: ["PCMA"], comfortNoise: true }))), [
    "audio 40000 RTP/AVP 97 98",
    "rtpmap:97 PCMA/8000",
    "rtpmap:98 telephone-event/8000",
    "sendrecv",
  ]);
  const { incoming, telephoneEvent } = agreed(one);
  assert.deepEqual(
    [96, 97, 0, 98, 13, 8].map((payloadType) => incoming[payloadType]),
    ["G722", "PCMA", "PCMU", "event", "noise", undefined],
  );
  assert.equal(telephoneEvent, 98);
});

for (const [title, formats, wishes, wanted] of [
  ["both have it", "8 13", true, 13],
  ["only the party has it", "8 13", false, undefined],
  ["only the other end has it", "8", true, undefined],
] as const) {
  test(`comfort noise: ${title}`, () => {
    const agreement = answered(sdp(formats), { codecs: [], comfortNoise: wishes });
    assert.equal(agreement.comfortNoise, wanted);
    assert.equal(agreement.incoming[13], "noise", "tolerated all the same");
  });
}

for (const [direction, hears, speaks] of [
  ["sendrecv", true, true],
  ["sendonly", false, true],
  ["recvonly", true, false],
  ["inactive", false, false],
] as const) {
  test(`a party that says ${direction}`, () => {
    const agreement = answered(sdp("8", `a=${direction}`));
    assert.deepEqual([agreement.hears, agreement.speaks], [hears, speaks]);
  });
}

test("an offer names the codecs of the other end first, then what we can besides", () => {
  assert.deepEqual(line(negotiation().offer({ codecs: ["G722"], comfortNoise: true })), [
    "audio 40000 RTP/AVP 9 8 0 13 101",
    "rtpmap:9 G722/8000",
    "rtpmap:8 PCMA/8000",
    "rtpmap:0 PCMU/8000",
    "rtpmap:13 CN/8000",
    "rtpmap:101 telephone-event/8000",
    "sendrecv",
  ]);
});

test("an offer within a call keeps the payload types and the m-lines of before", () => {
  const one = negotiation();
  const video = ["m=video 6000 RTP/AVP 34"];
  done(
    one.remoteOffer(sdp("96 100", "a=rtpmap:96 PCMA/8000", "a=rtpmap:100 telephone-event/8000", ...video)),
  );
  done(one.answer(NOTHING));
  assert.deepEqual(line(one.offer({ codecs: ["PCMA"], comfortNoise: false })), [
    "audio 40000 RTP/AVP 96 0 9 100",
    "rtpmap:96 PCMA/8000",
    "rtpmap:0 PCMU/8000",
    "rtpmap:9 G722/8000",
    "rtpmap:100 telephone-event/8000",
    "sendrecv",
    "video 0 RTP/AVP 34",
  ]);
});

test("the answer of 200 may be another than that of 183; its own payload type for events counts", () => {
  const one = negotiation();
  one.offer(NOTHING);
  done(one.remoteAnswer(sdp("8 101", EVENTS)));
  assert.deepEqual([agreed(one).codec, agreed(one).telephoneEvent], ["PCMA", 101]);
  done(one.remoteAnswer(sdp("0 96", "a=rtpmap:96 telephone-event/8000")));
  const { codec, telephoneEvent, incoming } = agreed(one);
  assert.deepEqual([codec, telephoneEvent], ["PCMU", 96]);
  assert.deepEqual([incoming[96], incoming[101]], ["event", "event"], "either is understood");
});

test("what cannot be used changes nothing", () => {
  const one = negotiation();
  done(one.remoteOffer(sdp("8")));
  done(one.answer(NOTHING));
  const before = agreed(one);
  const refusals = [
    one.remoteOffer(sdp("18")),
    one.remoteOffer(Buffer.from("nonsense")),
    one.remoteAnswer(sdp("8")),
  ];
  assert.deepEqual(
    refusals.map((refusal) => (refusal.ok ? 0 : refusal.error.status)),
    [488, 400, 500],
  );
  one.offer(NOTHING);
  const foreign = one.remoteAnswer(sdp("18"));
  assert.ok(!foreign.ok && foreign.error.status === 488);
  assert.equal(agreed(one), before);
});

test("an offer is answered once: asked again, the same answer", () => {
  const one = negotiation();
  const nothing = one.answer(NOTHING);
  assert.ok(!nothing.ok && nothing.error.status === 500);
  done(one.remoteOffer(sdp("8 0")));
  const first = done(one.answer({ codecs: ["PCMU"], comfortNoise: false }));
  assert.equal(done(one.answer(NOTHING)), first);
});

test("RTCP shares the port only where the party asked for it", () => {
  assert.equal(answered(sdp("8", "a=rtcp-mux")).rtcpMux, true);
  assert.equal(answered(sdp("8")).rtcpMux, false);
});

test("what the other end is told to wish: what was offered, later what was agreed", () => {
  const one = negotiation();
  assert.deepEqual(one.wishes, NOTHING);
  done(one.remoteOffer(sdp("9 8 13")));
  assert.deepEqual(one.wishes, { codecs: ["G722", "PCMA"], comfortNoise: true });
  done(one.answer({ codecs: ["PCMA"], comfortNoise: true }));
  assert.deepEqual(one.wishes, { codecs: ["PCMA"], comfortNoise: true });
});

test("nothing changes before an offer is answered", () => {
  const one = negotiation();
  done(one.remoteOffer(sdp("8")));
  done(one.answer(NOTHING));
  done(one.remoteOffer(sdp("0", "a=sendonly")));
  assert.deepEqual([agreed(one).codec, agreed(one).hears], ["PCMA", true]);
  assert.ok(!one.remoteOffer(sdp("18")).ok);
  done(one.answer(NOTHING));
  assert.deepEqual([agreed(one).codec, agreed(one).hears], ["PCMU", false]);
});

test("an answer has its sound on the m-line where the offer had it", () => {
  const one = negotiation();
  const [first, second] = ["m=video 6000 RTP/AVP 31", "m=audio 5000 RTP/AVP 8"];
  const head = ["v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "c=IN IP4 192.0.2.7", "t=0 0"];
  done(one.remoteOffer(Buffer.from([...head, first, second, ""].join("\r\n"))));
  done(one.answer(NOTHING));
  one.offer(NOTHING);
  assert.equal(one.remoteAnswer(sdp("8")).ok, false);
  assert.ok(one.remoteAnswer(Buffer.from([...head, "m=video 0 RTP/AVP 31", second, ""].join("\r\n"))).ok);
});
