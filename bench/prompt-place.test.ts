import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "./histogram.ts";
import { packetFor, stampPacket } from "./marked-rtp.ts";
import { PromptPlace } from "./prompt-place.ts";

function prompt(time: number): Buffer {
  const packet = packetFor(8, 9);
  stampPacket(packet, time / 160, time);
  return packet;
}

test("a packet's distance from its place counts early and late alike, across the wrap of the time stamp", () => {
  const distances = new Histogram();
  const place = new PromptPlace(distances);
  const first = 2 ** 32 - 160;
  place.take(prompt(first), 1000);
  place.take(prompt(first + 160), 1020);
  place.take(prompt(first + 320), 1043);
  place.take(prompt(first + 640), 1072);
  assert.equal(distances.max, 8);
  assert.equal(distances.count, 4);
  assert.deepEqual([place.packets, place.missing], [4, 1]);
});
