import assert from "node:assert/strict";
import { test } from "node:test";
import { amplitudeAt, tone } from "../../../test/support/sound.ts";
import { Resampler } from "./resampler.ts";

function resample(samples: Float32Array, from: number, to: number, step = samples.length): Float32Array {
  const resampler = new Resampler(from, to);
  const parts: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += step)
    parts.push(resampler.push(samples.subarray(at, at + step)));
  parts.push(resampler.flush());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

const decibels = (amplitude: number): number => 20 * Math.log10(amplitude);
/** Without the ends, where the tone begins and stops. */
const middle = (samples: Float32Array): Float32Array =>
  samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4));

test("a tone below both Nyquist frequencies passes as it is, from every usual rate", () => {
  for (const from of [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000]) {
    for (const to of [8000, 16_000]) {
      const out = resample(tone(1000, from, 0.2), from, to);
      assert.equal(out.length, to / 5, `${from} to ${to}`);
      const level = decibels(amplitudeAt(middle(out), to, 1000) / 0.5);
      assert.ok(Math.abs(level) < 0.1, `${from} to ${to}: ${level} dB`);
    }
  }
});

test("a tone above the new Nyquist frequency does not come back as another one", () => {
  for (const [from, to, frequency] of [
    [16_000, 8000, 4100],
    [16_000, 8000, 5000],
    [44_100, 8000, 4200],
    [44_100, 16_000, 8300],
    [44_100, 16_000, 11_000],
    [48_000, 16_000, 20_000],
    [192_000, 8000, 60_000],
  ] as const) {
    const out = middle(resample(tone(frequency, from, 0.5), from, to));
    const peak = out.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(decibels(peak / 0.5) < -70, `${frequency} Hz, ${from} to ${to}: ${decibels(peak / 0.5)} dB`);
  }
});

test("the telephone band is whole: 3,400 Hz at 8 kHz, 7,000 Hz at 16 kHz", () => {
  for (const [to, frequency] of [
    [8000, 3400],
    [16_000, 7000],
  ] as const) {
    const out = middle(resample(tone(frequency, 48_000, 0.5), 48_000, to));
    assert.ok(Math.abs(decibels(amplitudeAt(out, to, frequency) / 0.5)) < 0.5);
  }
});

test("blocks of any length give the same as the whole, and nothing is lost at the ends", () => {
  const sound = tone(440, 11_025, 0.3);
  const whole = resample(sound, 11_025, 16_000);
  assert.equal(whole.length, Math.ceil((sound.length * 16_000) / 11_025));
  for (const step of [1, 7, 100, 1023])
    assert.deepEqual(resample(sound, 11_025, 16_000, step), whole, `${step}`);
  assert.equal(resample(new Float32Array(0), 44_100, 16_000).length, 0);
  assert.equal(resample(new Float32Array(1), 44_100, 16_000).length, 1);
});

test("rates that have nothing in common are exact, too", () => {
  const out = resample(tone(1000, 44_099, 0.2), 44_099, 16_000);
  assert.ok(Math.abs(decibels(amplitudeAt(middle(out), 16_000, 1000) / 0.5)) < 0.1);
});
