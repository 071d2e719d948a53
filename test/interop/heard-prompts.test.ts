// The ear of the other tests: which prompt is heard in a recording, and which is not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { heardPrompts, promptSamples } from "../support/heard-prompts.ts";
import {
  decode,
  encode,
  joined,
  keyTones,
  msOfTone,
  type Samples,
  shareOf,
  silence,
  tone,
} from "../support/recording.ts";

const NAMES = ["en/enter-code", "en/wrong-code", "en/no-code", "en/goodbye"];
const EVERY = [...NAMES, ...NAMES.map((name) => name.replace("en", "nl"))];

/** Each 50th packet of 20 ms is lost: silence in its place. */
function withLoss(samples: Samples): Samples {
  const heard = samples.slice();
  for (let at = 0; at < heard.length; at += 160 * 50) heard.fill(0, at, at + 160);
  return heard;
}

test("each prompt is told from every other, wherever it begins, and with 2 % of its packets lost", () => {
  for (const [index, name] of EVERY.entries()) {
    const recording = joined(silence(100 + 7 * index), withLoss(promptSamples(name)), silence(500));
    const found = heardPrompts(recording, { names: EVERY });
    assert.deepEqual(
      found.map((prompt) => prompt.name),
      [name],
    );
    assert.ok(Math.abs((found[0]?.atMs ?? 0) - (100 + 7 * index)) <= 10, `${name} at ${found[0]?.atMs} ms`);
  }
});

test("several prompts are found in their order, twice the same too", () => {
  const order = ["en/enter-code", "en/wrong-code", "en/wrong-code", "en/no-code"];
  const recording = joined(...order.flatMap((name) => [silence(300), promptSamples(name)]));
  assert.deepEqual(
    heardPrompts(recording).map((prompt) => prompt.name),
    order,
  );
});

test("a prompt that was cut off is not there, but its beginning is", () => {
  const recording = joined(silence(200), promptSamples("en/enter-code").subarray(0, 8000), silence(4000));
  assert.deepEqual(heardPrompts(recording), []);
  assert.deepEqual(
    heardPrompts(recording, { firstMs: 800 }).map((prompt) => prompt.name),
    ["en/enter-code"],
  );
});

test("tones, keys and silence are no prompts", () => {
  assert.deepEqual(heardPrompts(joined(silence(3000), tone(440, 3000), keyTones("1234567890*#"))), []);
});

test("a tone is known by its frequency, and told from its neighbours and from speech", () => {
  const recording = joined(tone(400, 2000), tone(440, 1000), promptSamples("en/wrong-code"));
  assert.equal(msOfTone(440, recording), 1000);
  assert.equal(msOfTone(400, recording), 2000);
  assert.equal(msOfTone(480, recording), 0);
  assert.ok(shareOf(697, keyTones("1")) > 0.1);
  assert.ok(shareOf(941, keyTones("1")) < 0.01);
});

test("A-law and µ-law there and back is the same sound", () => {
  for (const law of ["PCMA", "PCMU"] as const) {
    for (const level of [200, 8000, 30_000]) {
      const back = decode(law, encode(law, tone(440, 100, level)));
      assert.ok(shareOf(440, back) > 0.98, `${law} at ${level}: ${shareOf(440, back)}`);
      const peak = Math.max(...back);
      assert.ok(Math.abs(peak - level) < level / 20, `${law}: ${peak} for ${level}`);
    }
  }
});
