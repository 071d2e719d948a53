import assert from "node:assert/strict";
import { test } from "node:test";
import { Latch, type Source } from "./latch.ts";

const PHONE: Source = { address: "198.51.100.7", port: 4000 };
const SIGNALLING = "198.51.100.1";
const NAT: Source = { address: SIGNALLING, port: 61_000 };
const STRANGER: Source = { address: "203.0.113.9", port: 4000 };

function latchOf(described: Source | undefined = PHONE, signalling = SIGNALLING): Latch {
  const latch = new Latch(signalling);
  latch.describe(described, 0);
  return latch;
}

/** Sends packets 20 ms apart from a time on; how many were taken. */
function sent(latch: Latch, from: Source, sequences: readonly number[], at = 0, ssrc = 1): number {
  return sequences.filter((sequence, n) => latch.takes(from, ssrc, sequence, at + n * 20)).length;
}

test("who comes from where it said is taken at once, and nobody else then", () => {
  const latch = latchOf();
  assert.deepEqual(latch.target, PHONE);
  assert.equal(sent(latch, PHONE, [1, 2, 3]), 3);
  assert.equal(sent(latch, NAT, [1, 2, 3, 4, 5], 40), 0);
  assert.equal(sent(latch, { ...PHONE, port: 4002 }, [1, 2, 3, 4, 5], 40), 0);
  assert.deepEqual(latch.target, PHONE);
});

test("nobody is locked at port 0, where nothing can be sent", () => {
  const latch = latchOf();
  assert.equal(sent(latch, { ...NAT, port: 0 }, [1, 2, 3, 4, 5, 6]), 0);
  assert.deepEqual(latch.target, PHONE);
});

test("a stranger is never taken, whatever it sends, locked or not", () => {
  const latch = latchOf();
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  assert.equal(sent(latch, STRANGER, numbers), 0);
  assert.equal(sent(latch, PHONE, [1], 5000), 1);
  assert.equal(sent(latch, STRANGER, numbers, 9000), 0);
  assert.deepEqual(latch.target, PHONE);
});

test("behind NAT: the fourth in a row with one SSRC", () => {
  const latch = latchOf({ address: "192.168.1.5", port: 4000 });
  assert.equal(latch.target, undefined, "a private address that a public party names gets nothing");
  assert.equal(sent(latch, NAT, [7, 8, 9]), 0);
  assert.equal(latch.target, undefined);
  assert.equal(sent(latch, NAT, [10, 11], 100), 2);
  assert.deepEqual(latch.target, NAT);
});

test("behind NAT: a gap, another SSRC or another port begins the row anew", () => {
  assert.equal(sent(latchOf(), NAT, [1, 2, 3, 5, 6, 7]), 0);
  assert.equal(sent(latchOf(), NAT, [65_534, 65_535, 0, 1]), 1, "around the end of the numbers");
  const ssrcs = latchOf();
  assert.equal(sent(ssrcs, NAT, [1, 2, 3]) + sent(ssrcs, NAT, [4, 5, 6], 60, 2), 0);
  const ports = latchOf();
  assert.equal(sent(ports, NAT, [1, 2, 3]) + sent(ports, { ...NAT, port: 9 }, [4, 5, 6], 60), 0);
});

test("the source changes after 500 ms of silence and four in a row", () => {
  const latch = latchOf();
  assert.equal(sent(latch, PHONE, [1, 2, 3]), 3);
  assert.equal(sent(latch, NAT, [1, 2, 3, 4, 5], 400), 0, "too early");
  assert.equal(sent(latch, NAT, [6, 7, 8], 600), 0);
  assert.equal(sent(latch, PHONE, [4], 650), 1, "the old one is back");
  assert.equal(sent(latch, NAT, [9, 10, 11, 12], 700), 0);
  assert.equal(sent(latch, NAT, [13, 14, 15, 16], 1200), 1);
  assert.deepEqual(latch.target, NAT);
});

test("a new description begins the search anew, the same one does not", () => {
  const latch = latchOf();
  sent(latch, PHONE, [1]);
  latch.describe({ ...PHONE }, 0);
  assert.deepEqual(latch.locked, PHONE);
  latch.describe(undefined, 0);
  assert.deepEqual(latch.locked, PHONE, "hold keeps the place");
  latch.describe({ ...PHONE, port: 5000 }, 0);
  assert.equal(latch.locked, undefined);
  assert.equal(sent(latch, PHONE, [2]), 0);
  assert.equal(sent(latch, { ...PHONE, port: 5000 }, [1]), 1);
});

test("who may get the first packets (reliability B10)", () => {
  const table: readonly (readonly [described: string, signalling: string, allowed: boolean])[] = [
    ["198.51.100.7", "203.0.113.1", true],
    ["192.168.1.5", "192.168.1.5", true],
    ["192.168.1.5", "10.0.0.1", true],
    ["192.168.1.5", "127.0.0.1", true],
    ["192.168.1.5", "203.0.113.1", false],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.2", "127.0.0.1", true],
    ["127.0.0.1", "203.0.113.1", false],
    ["127.0.0.1", "192.168.1.1", false],
    ["169.254.169.254", "203.0.113.1", false],
    ["169.254.169.254", "192.168.1.1", false],
    ["fe80::1", "fe80::2", true],
    ["fd00::1", "2001:db8::1", false],
    ["2001:db8::5", "2001:db8::1", true],
  ];
  for (const [address, signalling, allowed] of table) {
    const latch = latchOf({ address, port: 4000 }, signalling);
    assert.equal(latch.target !== undefined, allowed, `${address}, signalled from ${signalling}`);
  }
});

test("signalling that comes from elsewhere moves what may be latched on", () => {
  const latch = latchOf();
  latch.signalledFrom("198.51.100.2");
  assert.equal(latch.knows(SIGNALLING), false);
  assert.equal(sent(latch, { address: "198.51.100.2", port: 7 }, [1, 2, 3, 4]), 1);
});

const MOVED: Source = { address: "198.51.100.8", port: 5000 };
const LONG = Array.from({ length: 200 }, (_, n) => n);

for (const [title, from] of [
  ["another address", MOVED],
  ["another port", { ...PHONE, port: 5000 }],
] as const) {
  test(`M9: ${title}: the old place is nobody, however long its stream lingers, and the new one gets the sound`, () => {
    const latch = latchOf();
    sent(latch, PHONE, [1, 2, 3]);
    latch.describe(from, 100);
    assert.deepEqual(latch.target, from, "before it has sent anything");
    assert.equal(sent(latch, PHONE, LONG, 100), 0);
    assert.deepEqual(latch.target, from);
    assert.equal(sent(latch, from, [1], 4200), 1);
    assert.equal(sent(latch, PHONE, LONG, 6000), 0, "nor when the new one falls silent");
    assert.deepEqual(latch.target, from);
  });
}

test("M9: a place behind NAT that was latched on is left as well", () => {
  const latch = latchOf();
  assert.equal(sent(latch, NAT, [1, 2, 3, 4, 5]), 2);
  latch.describe({ ...PHONE, port: 5000 }, 200);
  assert.equal(sent(latch, NAT, LONG, 200), 0);
  assert.equal(sent(latch, { ...NAT, port: 61_002 }, [1, 2, 3, 4], 300), 1, "its new one is learned");
});

test("M9: twice in a row, and back: what it has come back to is no place that it left", () => {
  const latch = latchOf();
  sent(latch, PHONE, [1]);
  latch.describe(MOVED, 100);
  latch.describe({ ...MOVED, port: 5002 }, 200);
  assert.equal(sent(latch, PHONE, LONG, 200) + sent(latch, MOVED, LONG, 200), 0);
  latch.describe(PHONE, 5000);
  assert.equal(sent(latch, PHONE, [1], 5000), 1);
});

test("M9: a phone that says where it is sent to already has not moved", () => {
  const latch = latchOf({ address: "192.168.1.5", port: 4000 });
  assert.equal(sent(latch, NAT, [1, 2, 3, 4]), 1);
  latch.describe(NAT, 100);
  assert.deepEqual(latch.locked, NAT);
  assert.equal(sent(latch, NAT, [5], 100), 1);
});

test("M9: behind NAT, where the new place is unknown, the old one is believed again when it alone goes on", () => {
  const latch = latchOf({ address: "192.168.1.5", port: 4000 });
  sent(latch, NAT, [1, 2, 3, 4]);
  latch.describe({ address: "192.168.1.5", port: 4002 }, 100);
  assert.equal(sent(latch, NAT, LONG.slice(0, 90), 100), 0, "a lingering stream");
  assert.ok(sent(latch, NAT, LONG, 2200) > 150);
  assert.deepEqual(latch.target, NAT);
});
