import assert from "node:assert/strict";
import { test } from "node:test";
import { describedAddress, isBehindNat, type MediaSide, reasonToAnchor } from "./media-policy.ts";

const side = (name: string, address: string, parts: Partial<MediaSide> = {}): MediaSide => ({
  policy: "auto",
  name,
  address,
  behindNat: false,
  ...parts,
});

// Caller's policy and address, callee's policy and address: why the sound passes through us.
const rows: readonly [caller: MediaSide, callee: MediaSide, reason: string | undefined][] = [
  [side("A", "10.0.0.1"), side("B", "192.168.1.9"), undefined],
  [side("A", "198.51.100.1"), side("B", "203.0.113.9"), undefined],
  [side("A", "127.0.0.1"), side("B", "127.0.0.9"), undefined],
  [
    side("A", "198.51.100.1"),
    side("B", "192.168.1.9"),
    "A is in a public network and B in a private network",
  ],
  [side("A", "127.0.0.1"), side("B", "10.1.1.1"), "A is on this machine and B in a private network"],
  [side("A", "10.0.0.1", { policy: "anchored" }), side("B", "10.0.0.2"), 'A is set to "media: anchored"'],
  [
    side("A", "10.0.0.1", { policy: "passThrough" }),
    side("B", "10.0.0.2", { policy: "anchored" }),
    'B is set to "media: anchored"',
  ],
  [side("A", "10.0.0.1"), side("B", "10.0.0.2", { behindNat: true }), "B is behind NAT"],
  [side("A", "10.0.0.1"), side("B", "10.0.0.2", { behindNat: true, policy: "passThrough" }), undefined],
  [side("A", "198.51.100.1", { policy: "passThrough" }), side("B", "10.0.0.2"), undefined],
  [side("A", "fd00::1"), side("B", "2001:db8::1"), "A is in a private network and B in a public network"],
  [side("A", "not an address"), side("B", "10.0.0.2"), undefined],
];

for (const [caller, callee, reason] of rows) {
  const title = `${caller.policy} ${caller.address} calls ${callee.policy} ${callee.address}`;
  test(`which way the sound takes: ${title}`, () => assert.equal(reasonToAnchor(caller, callee), reason));
}

test("the address that a description names: of the session or of the first medium, IPv4 or IPv6", () => {
  assert.equal(
    describedAddress(Buffer.from("v=0\r\nc=IN IP4 10.0.0.7\r\nm=audio 4 RTP/AVP 0\r\n")),
    "10.0.0.7",
  );
  assert.equal(
    describedAddress(Buffer.from("v=0\r\nm=audio 4 RTP/AVP 0\r\nc=IN IP6 2001:db8::7\r\n")),
    "2001:db8::7",
  );
  assert.equal(describedAddress(Buffer.from("v=0\r\nc=IN IP4 host.example\r\n")), undefined);
  assert.equal(describedAddress(Buffer.alloc(0)), undefined);
});

test("a private address that packets do not come from is behind NAT; a public one is a media server", () => {
  assert.equal(isBehindNat("192.168.1.5", "198.51.100.7"), true);
  assert.equal(isBehindNat("192.168.1.5", "192.168.1.5"), false);
  assert.equal(isBehindNat("203.0.113.9", "198.51.100.7"), false);
  assert.equal(isBehindNat(undefined, "198.51.100.7"), false);
});
