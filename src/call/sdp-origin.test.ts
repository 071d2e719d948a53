import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SdpOrigin } from "./sdp-origin.ts";

const SDP = [
  "v=0",
  "o=jan 2890844526 2890842807 IN IP4 pbx.inside.example",
  "s=Jan's phone",
  "i=A private matter",
  "u=http://inside.example/",
  "e=jan@inside.example",
  "p=+31 20 123 4567",
  "c=IN IP4 198.51.100.1",
  "t=0 0",
  "m=audio 4000 RTP/AVP 8",
  "i=The left ear",
  "a=sendrecv",
  "",
].join("\r\n");

const lines = (body: Buffer): readonly string[] => body.toString().split("\r\n");

test("our own o= and s=, nothing about the person or host behind; media lines are untouched", () => {
  const out = lines(new SdpOrigin("77", "192.0.2.1").rewrite(Buffer.from(SDP)));
  assert.deepEqual(out, [
    "v=0",
    "o=- 77 1 IN IP4 192.0.2.1",
    "s=-",
    "c=IN IP4 198.51.100.1",
    "t=0 0",
    "m=audio 4000 RTP/AVP 8",
    "i=The left ear",
    "a=sendrecv",
    "",
  ]);
});

test("the version grows by one with each change, and only then (RFC 3264 §8)", () => {
  const origin = new SdpOrigin("77", "192.0.2.1");
  const version = (text: string): string => lines(origin.rewrite(Buffer.from(text)))[1]?.split(" ")[2] ?? "";
  const held = SDP.replace("sendrecv", "sendonly");
  // The other side's own version does not matter.
  const same = SDP.replace("2890842807", "2890842999");
  assert.deepEqual([SDP, same, held, held, SDP].map(version), ["1", "1", "2", "2", "3"]);
});

test("an IPv6 address of ours is written as one", () => {
  const out = new SdpOrigin("77", "2001:db8::1").rewrite(Buffer.from(SDP));
  assert.match(out.toString(), /^o=- 77 1 IN IP6 2001:db8::1\r$/m);
});

test("what is no SDP passes as it is", () => {
  for (const text of ["", "v", "hello", "v=0\r\ns=-\r\n", "{}"]) {
    assert.equal(new SdpOrigin("1", "192.0.2.1").rewrite(Buffer.from(text)).toString(), text);
  }
});

test("bytes beyond ASCII survive, and no input throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      const body = Buffer.concat([Buffer.from("v=0\r\no=a 1 1 IN IP4 x\r\ns=-\r\nm="), Buffer.from(octets)]);
      const out = new SdpOrigin("1", "192.0.2.1").rewrite(body);
      assert.ok(out.subarray(out.length - octets.length).equals(Buffer.from(octets)));
    }),
  );
});
