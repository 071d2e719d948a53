import assert from "node:assert/strict";
import { test } from "node:test";
import { markPacket, packetFor, stampPacket } from "./marked-rtp.ts";
import { StreamReceiver } from "./stream-receiver.ts";

/** The packet `number` of stream 5 as a relay sends it, with numbers of its own. */
function relayed(number: number, shift = 1000): Buffer {
  const packet = packetFor(8, 42);
  markPacket(packet, 5, number);
  stampPacket(packet, number + shift, (number + shift) * 160);
  return packet;
}

test("each packet counts once, from the one on that is asked for", () => {
  const receiver = new StreamReceiver(5);
  receiver.take(relayed(8), 0);
  receiver.restart(10);
  const taken = [9, 10, 12, 12, 11].map((number, index) => receiver.take(relayed(number), index * 20));
  assert.deepEqual(taken, [-1, 10, 12, -1, 11]);
  const { received, repeated, strange } = receiver.counts();
  assert.deepEqual([received, repeated, strange], [3, 1, 0]);
});

test("silence and another call's sound are strange", () => {
  const receiver = new StreamReceiver(6);
  receiver.take(relayed(1), 0);
  receiver.take(Buffer.alloc(172, 0xd5), 20);
  receiver.take(Buffer.alloc(4), 40);
  assert.equal(receiver.counts().strange, 3);
  assert.equal(receiver.counts().received, 0);
});

test("numbers that wrap go on, numbers that jump are a break", () => {
  const receiver = new StreamReceiver(5);
  receiver.restart(0);
  for (const [index, number] of [0, 1, 3].entries()) receiver.take(relayed(number, 65_534), index * 20);
  assert.equal(receiver.counts().breaks, 0);
  receiver.take(relayed(4, 7), 80);
  assert.equal(receiver.counts().breaks, 1);
});

test("jitter is RFC 3550's: none where packets come as they were sent, a sixteenth of the first deviation", () => {
  const receiver = new StreamReceiver(5);
  for (let number = 0; number < 50; number++) receiver.take(relayed(number), 300 + number * 20);
  assert.equal(receiver.counts().jitterMs, 0);
  receiver.take(relayed(50), 300 + 50 * 20 + 16);
  assert.equal(receiver.counts().jitterMs, 1);
});
