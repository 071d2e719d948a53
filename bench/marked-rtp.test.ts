import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isSilence,
  markPacket,
  numberOf,
  packetFor,
  RTP_HEADER,
  readMark,
  stampPacket,
  streamOf,
} from "./marked-rtp.ts";

test("a packet says whose it is, and which", () => {
  for (const law of [0, 8] as const) {
    const packet = packetFor(law, 0xdead_beef);
    for (const [stream, number] of [
      [0, 0],
      [599, 65_537],
      [4095, 2 ** 20 - 1],
    ] as const) {
      markPacket(packet, stream, number);
      const mark = readMark(packet);
      assert.deepEqual([streamOf(mark), numberOf(mark)], [stream, number]);
      assert.equal(packet.readUInt32BE(8), 0xdead_beef);
      assert.equal(packet[1], law);
    }
  }
});

test("numbers that count on wrap in the packet", () => {
  const packet = packetFor(0, 1);
  stampPacket(packet, 65_538, 2 ** 32 + 160);
  assert.deepEqual([packet.readUInt16BE(2), packet.readUInt32BE(4)], [2, 160]);
});

test("the mark survives any change of loudness that keeps the signs, as conversion between the laws does", () => {
  const packet = packetFor(8, 1);
  markPacket(packet, 77, 1234);
  for (let at = RTP_HEADER; at < packet.length; at++) packet[at] = ((packet[at] ?? 0) & 0x80) | (at % 128);
  assert.deepEqual([streamOf(readMark(packet)), numberOf(readMark(packet))], [77, 1234]);
});

test("silence of either law, and what is too short, carries none", () => {
  for (const silence of [0xff, 0xd5, 0x7f, 0x55]) assert.equal(readMark(Buffer.alloc(172, silence)), -1);
  assert.equal(readMark(Buffer.alloc(20)), -1);
});

test("silence is told from a prompt that begins softly, and from a marked packet", () => {
  const packet = packetFor(8, 1);
  packet.fill(0xd5, RTP_HEADER);
  assert.ok(isSilence(packet));
  packet[packet.length - 1] = 0x55;
  assert.ok(!isSilence(packet));
  packet.fill(0xd5, RTP_HEADER);
  markPacket(packet, 0, 0);
  assert.ok(!isSilence(packet));
});
