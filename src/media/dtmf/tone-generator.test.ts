import assert from "node:assert/strict";
import { test } from "node:test";
import { goertzel, goertzelCoefficient } from "./goertzel.ts";
import { digitTone, ToneGenerator } from "./tone-generator.ts";

const power = (sound: Int16Array, hz: number): number =>
  goertzel(sound, 0, sound.length, goertzelCoefficient(hz, 8000));

test("a key has its two frequencies and ends in time", () => {
  const generator = digitTone("5", 100);
  const sound = new Int16Array(960);
  assert.equal(generator?.write(sound), true);
  const tone = sound.subarray(0, 800);
  for (const hz of [770, 1336]) assert.ok(power(tone, hz) > 3e6, `${hz} Hz`);
  for (const hz of [697, 852, 1209, 1477]) assert.ok(power(tone, hz) < 1e5, `${hz} Hz`);
  assert.ok(sound.subarray(800).every((sample) => sample === 0));
  assert.equal(generator?.write(sound), false);
  assert.equal(digitTone("x", 100), undefined);
  assert.equal(digitTone("12", 100), undefined);
});

test("segments follow each other and come again", () => {
  const generator = new ToneGenerator(
    [
      { frequencies: [425], ms: 1000 },
      { frequencies: [], ms: 4000 },
    ],
    -9,
    true,
  );
  const loud: boolean[] = [];
  const frame = new Int16Array(160);
  for (let n = 0; n < 500; n++) {
    assert.equal(generator.write(frame), true);
    loud.push(frame.some((sample) => Math.abs(sample) > 1000));
  }
  assert.ok(loud.every((is, n) => is === n % 250 < 50));
});

test("segments without length end it instead of hanging", () => {
  assert.equal(new ToneGenerator([{ frequencies: [425], ms: 0 }], -9, true).write(new Int16Array(10)), false);
});
