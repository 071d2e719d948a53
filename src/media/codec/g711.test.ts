import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALAW_SILENCE,
  ALAW_TO_LINEAR,
  ALAW_TO_ULAW,
  linearToAlaw,
  linearToUlaw,
  translate,
  ULAW_SILENCE,
  ULAW_TO_ALAW,
  ULAW_TO_LINEAR,
} from "./g711.ts";

test("known codes of G.711", () => {
  // Tables 1a, 1b, 2a and 2b: largest, smallest and some in between, scaled to 16 bits.
  const alaw = [
    [0xd5, 8],
    [0x55, -8],
    [0xaa, 32256],
    [0x2a, -32256],
    [0x80, 5504],
  ] as const;
  for (const [code, sample] of alaw) assert.equal(ALAW_TO_LINEAR[code], sample, `A-law ${code}`);
  const ulaw = [
    [0xff, 0],
    [0x7f, 0],
    [0x80, 32124],
    [0x00, -32124],
    [0xf0, 120],
    [0xef, 132],
  ] as const;
  for (const [code, sample] of ulaw) assert.equal(ULAW_TO_LINEAR[code], sample, `mu-law ${code}`);
});

test("a code that is decoded and encoded is the same code", () => {
  for (let code = 0; code < 256; code++) {
    assert.equal(linearToAlaw(ALAW_TO_LINEAR[code] as number), code);
    // µ-law has two zeros, of which the encoder makes one.
    if (code !== 0x7f) assert.equal(linearToUlaw(ULAW_TO_LINEAR[code] as number), code);
  }
});

test("no sample is further from its code than half a step of its segment", () => {
  for (let sample = -32768; sample < 32768; sample += 7) {
    const limit = Math.max(16, Math.abs(sample) / 30);
    assert.ok(Math.abs((ALAW_TO_LINEAR[linearToAlaw(sample)] as number) - sample) <= Math.max(limit, 512));
    assert.ok(Math.abs((ULAW_TO_LINEAR[linearToUlaw(sample)] as number) - sample) <= Math.max(limit, 644));
    if (Math.abs(sample) < 8000) {
      assert.ok(Math.abs((ALAW_TO_LINEAR[linearToAlaw(sample)] as number) - sample) <= limit);
      assert.ok(Math.abs((ULAW_TO_LINEAR[linearToUlaw(sample)] as number) - sample) <= limit);
    }
  }
});

test("from one law to the other and back keeps sound and silence", () => {
  assert.equal(ULAW_TO_ALAW[ULAW_SILENCE], ALAW_SILENCE);
  assert.ok(Math.abs(ULAW_TO_LINEAR[ALAW_TO_ULAW[ALAW_SILENCE] as number] as number) <= 8);
  for (let code = 0; code < 256; code++) {
    const sample = ALAW_TO_LINEAR[code] as number;
    const there = ULAW_TO_LINEAR[ALAW_TO_ULAW[code] as number] as number;
    assert.ok(Math.abs(there - sample) <= Math.max(16, Math.abs(sample) / 28), `A-law ${code}`);
    const back = ALAW_TO_LINEAR[ULAW_TO_ALAW[ALAW_TO_ULAW[code] as number] as number] as number;
    assert.ok(Math.abs(back - sample) <= Math.max(16, Math.abs(sample) / 16), `A-law ${code} and back`);
  }
});

test("a payload is translated where it lies", () => {
  const payload = Uint8Array.of(0xd5, 0xaa, 0x2a);
  translate(ALAW_TO_ULAW, payload, payload);
  const samples = new Int16Array(3);
  translate(ULAW_TO_LINEAR, payload, samples);
  assert.ok(Math.abs(samples[0] as number) <= 8);
  assert.ok((samples[1] as number) > 31000 && (samples[2] as number) < -31000);
});
