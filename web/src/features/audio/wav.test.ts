import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf, peaksOf, wavOf } from "./wav.ts";

test("samples become a WAV file: one channel, 16 bits, little-endian; what is too loud is cut", async () => {
  const octets = Buffer.from(await wavOf(Float32Array.from([0, 1, -0.5, 2]), 16_000).arrayBuffer());
  assert.equal(octets.toString("latin1", 0, 4) + octets.toString("latin1", 8, 16), "RIFFWAVEfmt ");
  assert.equal(octets.readUInt32LE(4), octets.length - 8);
  assert.deepEqual(
    [octets.readUInt16LE(22), octets.readUInt32LE(24), octets.readUInt16LE(34)],
    [1, 16_000, 16],
  );
  const samples = [0, 1, 2, 3].map((at) => octets.readInt16LE(44 + at * 2));
  assert.deepEqual(samples, [0, 32_767, -16_383, 32_767]);
});

test("peaks are of pieces that cover all of it; the level is of what is not silence", () => {
  const samples = new Float32Array(100);
  samples[0] = 0.5;
  samples[99] = -1;
  assert.deepEqual(peaksOf(samples, 4), [0.5, 0, 0, 1]);
  assert.equal(Math.round(levelOf(Float32Array.from([0, 0, 0.5, -0.5]))), -6);
  assert.equal(levelOf(new Float32Array(3)), Number.NEGATIVE_INFINITY);
});
