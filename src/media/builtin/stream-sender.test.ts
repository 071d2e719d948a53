import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { emptyRtpPacket, type RtpHeader, type RtpPacket, readRtp, writeRtpHeader } from "../rtp/packet.ts";
import { StreamSender } from "./stream-sender.ts";

interface Sent extends RtpHeader {
  readonly length: number;
}

function senderOf(): { readonly sender: StreamSender; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const send = (octets: Uint8Array): void => {
    const packet = emptyRtpPacket();
    assert.ok(readRtp(octets, packet));
    const { payloadStart, payloadEnd, ...header } = packet;
    sent.push({ ...header, length: payloadEnd - payloadStart });
  };
  return { sender: new StreamSender(send, 99, 65_534, 1000), sent };
}

/** A datagram of another's stream, and how it reads. */
function datagram(sequence: number, timestamp: number, ssrc = 7): readonly [Uint8Array, RtpPacket] {
  const octets = new Uint8Array(172);
  writeRtpHeader({ payloadType: 0, marker: false, sequence: sequence & 0xffff, timestamp, ssrc }, octets);
  const packet = emptyRtpPacket();
  assert.ok(readRtp(octets, packet));
  return [octets, packet];
}

test("sound of our own: numbers run on, the marker is at its beginning", () => {
  const { sender, sent } = senderOf();
  for (let n = 0; n < 3; n++) sender.frame(8, n * 20);
  assert.deepEqual(
    sent.map(({ sequence, timestamp, marker, ssrc }) => [sequence, timestamp, marker, ssrc]),
    [
      [65_535, 1160, true, 99],
      [0, 1320, false, 99],
      [1, 1480, false, 99],
    ],
  );
});

test("after a pause time has passed, and the marker says so", () => {
  const { sender, sent } = senderOf();
  sender.frame(8, 0);
  sender.pause();
  sender.frame(8, 1000);
  assert.deepEqual([sent[1]?.timestamp, sent[1]?.marker], [1160 + 8000, true]);
});

test("a relayed stream goes on where ours was; losses and order stay as they are", () => {
  const { sender, sent } = senderOf();
  sender.frame(8, 0);
  for (const [n, sequence] of [100, 101, 104, 103, 105].entries())
    sender.relay(...datagram(sequence, 50_000 + (sequence - 100) * 160), 8, 20 + n * 20);
  assert.deepEqual(
    sent.map(({ sequence, timestamp }) => [sequence, timestamp]),
    [
      [65_535, 1160],
      [0, 1320],
      [1, 1480],
      [4, 1960],
      [3, 1800],
      [5, 2120],
    ],
  );
  assert.deepEqual(
    sent.map(({ marker }) => marker),
    [true, true, false, false, false, false],
  );
});

test("a packet that is kept back leaves no gap", () => {
  const { sender, sent } = senderOf();
  sender.relay(...datagram(10, 0), 8, 0);
  const [, kept] = datagram(11, 160);
  sender.skip(kept);
  sender.relay(...datagram(12, 320), 8, 40);
  assert.deepEqual(
    sent.map(({ sequence }) => sequence),
    [65_535, 0],
  );
});

test("another stream is joined without a jump", () => {
  const { sender, sent } = senderOf();
  sender.relay(...datagram(10, 0), 8, 0);
  sender.relay(...datagram(40_000, 3_000_000_000, 8), 8, 20);
  sender.relay(...datagram(40_001, 3_000_000_160, 8), 8, 40);
  assert.deepEqual(
    sent.map(({ sequence, timestamp, marker }) => [sequence, timestamp, marker]),
    [
      [65_535, 1160, true],
      [0, 1320, true],
      [1, 1480, false],
    ],
  );
});

test("CSRC, extension and padding are left behind", () => {
  const { sender, sent } = senderOf();
  const octets = new Uint8Array(12 + 4 + 4 + 160 + 4);
  writeRtpHeader({ payloadType: 0, marker: false, sequence: 1, timestamp: 1, ssrc: 1 }, octets);
  octets[0] = 0xb1;
  octets[octets.length - 1] = 4;
  const packet = emptyRtpPacket();
  assert.ok(readRtp(octets, packet));
  sender.relay(octets, packet, 8, 0);
  assert.equal(sent[0]?.length, 160);
});

test("whatever comes after whatever, time never runs back and one SSRC is heard", () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom("own", "one", "two", "pause"), fc.integer({ min: 1, max: 2000 })),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(steps, (plan) => {
      const { sender, sent } = senderOf();
      let now = 0;
      const at = { one: 5, two: 60_000 };
      for (const [what, wait] of plan) {
        now += wait;
        if (what === "own") sender.frame(8, now);
        else if (what === "pause") sender.pause();
        else sender.relay(...datagram(at[what as "one"]++, (now * 8) >>> 0, what === "one" ? 1 : 2), 8, now);
      }
      for (const [n, packet] of sent.entries()) {
        const before = sent[n - 1];
        if (before === undefined) continue;
        assert.equal(packet.ssrc, 99);
        assert.equal((packet.sequence - before.sequence) & 0xffff, 1);
        assert.ok(((packet.timestamp - before.timestamp) | 0) > 0);
      }
    }),
  );
});
