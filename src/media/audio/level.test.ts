import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness, tone } from "../../../test/support/sound.ts";
import { level } from "./level.ts";

const RATE = 16_000;

function levelled(samples: Float32Array): Float32Array {
  const result = level(samples, RATE);
  assert.ok(result.ok, result.ok ? "" : result.error);
  return result.value;
}

/** A tone that comes and goes like syllables, with pauses: 200 ms on, 100 ms off. */
function syllables(amplitude: number): Float32Array {
  return tone(300, RATE, 2, amplitude).map((value, index) => (index % 4800 < 3200 ? value : 0));
}

const joined = (...parts: readonly Float32Array[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => [...part]));

test("quiet and loud recordings come out alike, pauses not counted", () => {
  for (const amplitude of [0.01, 0.1, 0.5, 1]) {
    const out = levelled(syllables(amplitude));
    const spoken = out.filter((value, index) => index % 4800 < 3200 || value !== 0);
    assert.ok(Math.abs(loudness(spoken.subarray(0, 3200)) + 19) < 1, `${amplitude}: ${loudness(spoken)}`);
  }
});

test("nothing is clipped: where peaks are high, the rest stays quieter", () => {
  const sound = tone(300, RATE, 1, 0.02);
  for (let at = 0; at < sound.length; at += 1600) sound[at] = 1;
  const out = levelled(sound);
  const peak = out.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(peak <= 0.9 && peak > 0.8, String(peak));
});

test("noise is not made as loud as speech", () => {
  const faint = levelled(tone(300, RATE, 1, 0.0005));
  assert.ok(loudness(faint) < -32);
});

test("a constant offset goes", () => {
  const out = levelled(tone(300, RATE, 1, 0.1).map((value) => value + 0.3));
  assert.ok(Math.abs(out.reduce((sum, value) => sum + value, 0) / out.length) < 0.001);
});

test("silence at the ends is cut to a moment, silence between words stays", () => {
  const silence = new Float32Array(RATE);
  const word = tone(300, RATE, 0.5);
  const out = levelled(joined(silence, word, silence, word, silence, silence));
  const milliseconds = (out.length / RATE) * 1000;
  assert.ok(Math.abs(milliseconds - (60 + 500 + 1000 + 500 + 200)) <= 20, `${milliseconds} ms`);
});

test("a soft end of a word is not cut", () => {
  const out = levelled(joined(tone(300, RATE, 0.5, 0.5), tone(4000, RATE, 0.2, 0.01)));
  assert.ok(out.length >= RATE * 0.7);
});

test("both ends begin and stop without a click", () => {
  const out = levelled(
    tone(300, RATE, 1, 0.5)
      .map(() => 0.5)
      .map((value, index) => (index % 40 < 20 ? value : -value)),
  );
  assert.equal(Math.abs(out[0] ?? 1), 0);
  assert.equal(Math.abs(out.at(-1) ?? 1), 0);
  assert.ok(Math.abs(out[10] ?? 1) < 0.03);
});

test("silence is told", () => {
  for (const samples of [new Float32Array(RATE), new Float32Array(RATE).fill(0.2)]) {
    assert.deepEqual(level(samples, RATE), { ok: false, error: "holds only silence." });
  }
});
