import assert from "node:assert/strict";
import { test } from "node:test";
import { Negotiation, type Wishes } from "./negotiation.ts";

const NO_WISHES: Wishes = { codecs: [], comfortNoise: false };
const place = { address: "198.51.100.1", port: 40_000 };

function sdp(...media: readonly string[]): Buffer {
  return Buffer.from(
    ["v=0", "o=- 1 1 IN IP4 192.0.2.7", "s=-", "c=IN IP4 192.0.2.7", "t=0 0", ...media, ""].join("\r\n"),
  );
}

const formats = (description: Uint8Array): string =>
  /^m=audio \d+ RTP\/AVP (.*)$/m.exec(Buffer.from(description).toString().replaceAll("\r", ""))?.[1] ?? "";

function answered(negotiation: Negotiation, offer: Buffer, wishes = NO_WISHES): string {
  assert.ok(negotiation.remoteOffer(offer).ok);
  const answer = negotiation.answer(wishes);
  assert.ok(answer.ok);
  return formats(answer.value);
}

test("the answer has one codec: the wished one, what is spoken already, the party's first", () => {
  const all = sdp("m=audio 5000 RTP/AVP 9 8 0 101", "a=rtpmap:101 telephone-event/8000");
  assert.equal(answered(new Negotiation(place, "1"), all), "9 101");
  assert.equal(
    answered(new Negotiation(place, "1"), all, { codecs: ["PCMU"], comfortNoise: false }),
    "0 101",
  );
  const negotiation = new Negotiation(place, "1");
  answered(negotiation, sdp("m=audio 5000 RTP/AVP 8"));
  assert.equal(answered(negotiation, all), "8 101");
});

test("comfort noise is agreed only where both ends have it", () => {
  const offer = sdp("m=audio 5000 RTP/AVP 8 13");
  assert.equal(answered(new Negotiation(place, "1"), offer), "8");
  assert.equal(answered(new Negotiation(place, "1"), offer, { codecs: [], comfortNoise: true }), "8 13");
  const negotiation = new Negotiation(place, "1");
  answered(negotiation, offer);
  assert.equal(negotiation.agreement?.incoming[13], "noise", "but it is tolerated");
  assert.equal(negotiation.agreement?.comfortNoise, undefined);
});

test("nothing changes before an offer is answered", () => {
  const negotiation = new Negotiation(place, "1");
  answered(negotiation, sdp("m=audio 5000 RTP/AVP 8"));
  assert.ok(negotiation.remoteOffer(sdp("m=audio 5000 RTP/AVP 0", "a=sendonly")).ok);
  assert.deepEqual([negotiation.agreement?.codec, negotiation.agreement?.hears], ["PCMA", true]);
  assert.ok(!negotiation.remoteOffer(sdp("m=audio 5000 RTP/AVP 18")).ok);
  assert.ok(negotiation.answer(NO_WISHES).ok);
  assert.deepEqual([negotiation.agreement?.codec, negotiation.agreement?.hears], ["PCMU", false]);
});

test("an answer that is asked for twice is the same, whatever is wished by then", () => {
  const negotiation = new Negotiation(place, "1");
  assert.equal(answered(negotiation, sdp("m=audio 5000 RTP/AVP 8 0")), "8");
  const again = negotiation.answer({ codecs: ["PCMU"], comfortNoise: false });
  assert.equal(again.ok && formats(again.value), "8");
});

test("an offer has the wished codecs first, and keeps payload types that were agreed", () => {
  assert.equal(formats(new Negotiation(place, "1").offer(NO_WISHES)), "8 0 9 101");
  const wished: Wishes = { codecs: ["G722", "PCMU"], comfortNoise: true };
  assert.equal(formats(new Negotiation(place, "1").offer(wished)), "9 0 8 13 101");
  const negotiation = new Negotiation(place, "1");
  answered(
    negotiation,
    sdp("m=audio 5000 RTP/AVP 96 97", "a=rtpmap:96 PCMA/8000", "a=rtpmap:97 telephone-event/8000"),
  );
  assert.equal(formats(negotiation.offer(NO_WISHES)), "96 0 9 97");
});

test("an answer may use payload types of its own", () => {
  const negotiation = new Negotiation(place, "1");
  negotiation.offer(NO_WISHES);
  const answer = sdp("m=audio 5000 RTP/AVP 0 97", "a=rtpmap:97 telephone-event/8000");
  assert.ok(negotiation.remoteAnswer(answer).ok);
  const { agreement } = negotiation;
  assert.deepEqual([agreement?.codec, agreement?.telephoneEvent], ["PCMU", 97]);
  assert.deepEqual([agreement?.incoming[97], agreement?.incoming[101]], ["event", "event"]);
  assert.equal(agreement?.incoming[8], "PCMA", "what we offered may come");
});

test("in a later offer the m-lines of the first stay, also those that were refused", () => {
  const negotiation = new Negotiation(place, "1");
  answered(negotiation, sdp("m=video 5002 RTP/AVP 31", "m=audio 5000 RTP/AVP 8"));
  const offer = Buffer.from(negotiation.offer(NO_WISHES)).toString();
  assert.match(offer, /m=video 0 RTP\/AVP 31\r\nm=audio 40000/);
  assert.equal(
    negotiation.remoteAnswer(sdp("m=audio 5000 RTP/AVP 8")).ok,
    false,
    "the answer has the wrong m-line",
  );
  assert.ok(negotiation.remoteAnswer(sdp("m=video 0 RTP/AVP 31", "m=audio 5000 RTP/AVP 8")).ok);
});

test("what is asked for out of turn is a fault", () => {
  const negotiation = new Negotiation(place, "1");
  assert.ok(!negotiation.answer(NO_WISHES).ok);
  assert.ok(!negotiation.remoteAnswer(sdp("m=audio 5000 RTP/AVP 8")).ok);
});

test("what the other end is told: all that is offered, then what was agreed", () => {
  const negotiation = new Negotiation(place, "1");
  assert.deepEqual(negotiation.wishes, NO_WISHES);
  assert.ok(negotiation.remoteOffer(sdp("m=audio 5000 RTP/AVP 9 8 13")).ok);
  assert.deepEqual(negotiation.wishes, { codecs: ["G722", "PCMA"], comfortNoise: true });
  assert.ok(negotiation.answer({ codecs: ["PCMA"], comfortNoise: true }).ok);
  assert.deepEqual(negotiation.wishes, { codecs: ["PCMA"], comfortNoise: true });
});
