import assert from "node:assert/strict";
import { test } from "node:test";
import { describedAddress, type MediaSide, unreachable, wayOfSound } from "./media-policy.ts";

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
  test(`which way the sound takes: ${title}`, () => {
    const way = wayOfSound(caller, callee);
    assert.equal(way.kind === "direct" ? undefined : way.reason.text, reason);
    assert.notEqual(way.kind, "impossible");
  });
}

// T4: one side with IPv6, the other with IPv4.
const families: readonly [caller: MediaSide, callee: MediaSide, kind: string, reason: RegExp][] = [
  [side("A", "2001:db8::1"), side("B", "203.0.113.9"), "throughUs", /^A has IPv6 and B has IPv4$/],
  [side("A", "203.0.113.9"), side("B", "2001:db8::1"), "throughUs", /^A has IPv4 and B has IPv6$/],
  [side("A", "::ffff:203.0.113.9"), side("B", "2001:db8::1"), "throughUs", /^A has IPv4 and B has IPv6$/],
  [
    side("A", "2001:db8::1", { policy: "passThrough" }),
    side("B", "203.0.113.9"),
    "impossible",
    /^A has IPv6 and B has IPv4, and A is set to "media: passThrough": nothing can flow/,
  ],
  [
    side("A", "2001:db8::1"),
    side("B", "203.0.113.9", { policy: "passThrough" }),
    "impossible",
    /and B is set to "media: passThrough"/,
  ],
  [
    side("A", "2001:db8::1", { policy: "anchored" }),
    side("B", "203.0.113.9", { policy: "passThrough" }),
    "throughUs",
    /A is set to "media: anchored"/,
  ],
];

for (const [caller, callee, kind, reason] of families) {
  test(`T4: ${caller.policy} ${caller.address} calls ${callee.policy} ${callee.address}: ${kind}`, () => {
    const way = wayOfSound(caller, callee);
    assert.equal(way.kind, kind);
    assert.match(way.kind === "direct" ? "" : way.reason.text, reason);
  });
}

test("T4: one family, as a socket for both shows it, or no address at all: direct", () => {
  for (const [one, other] of [
    ["::ffff:203.0.113.9", "203.0.113.10"],
    ["2001:db8::1", "2001:db8::2"],
    ["phone.example", "203.0.113.10"],
    ["", "2001:db8::2"],
  ] as const)
    for (const policy of ["auto", "passThrough"] as const)
      assert.equal(wayOfSound(side("A", one, { policy }), side("B", other, { policy })).kind, "direct");
});

test("T4: an answer of the other family than the offer is told, but not where ICE finds a way", () => {
  const four = "v=0\r\nc=IN IP4 192.0.2.1\r\n";
  const six = "v=0\r\nc=IN IP6 2001:db8::1\r\n";
  const ice = "a=candidate:1 1 UDP 1 2001:db8::1 4000 typ host\r\n";
  const told = (one: string, other: string): string | undefined =>
    unreachable(Buffer.from(one), Buffer.from(other))?.text;
  assert.equal(told(four, six), "the caller's sound has IPv4 and the answer's has IPv6");
  assert.equal(told(four, four), undefined);
  assert.equal(told(four, ""), undefined);
  assert.equal(told("", six), undefined);
  assert.equal(told(four + ice, six + ice), undefined);
  assert.ok(told(four + ice, six));
});

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
