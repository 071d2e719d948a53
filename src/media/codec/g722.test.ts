import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { SeededRandom } from "../../../test/fakes/seeded-ids.ts";
import { amplitudeAt, g722, rms } from "../../../test/support/sound.ts";
import { G722Decoder, G722Encoder } from "./g722.ts";

function sine(hz: number, sampleRate: number, amplitude: number): Int16Array {
  return Int16Array.from({ length: sampleRate }, (_, n) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * n) / sampleRate)),
  );
}

function decoded(octets: Uint8Array): Int16Array {
  const sound = new Int16Array(octets.length * 2);
  new G722Decoder().decode(octets, sound);
  return sound;
}

function hash(data: Uint8Array | Int16Array): string {
  const octets = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash("sha256").update(octets).digest("hex").slice(0, 16);
}

test("the same octets and samples as another implementation, to the bit", () => {
  // The two hashes are those of what ffmpeg 5.1 made of this noise (`-c:a g722`), and of what it decoded that to.
  const random = new SeededRandom(722);
  const noise = Int16Array.from({ length: 16_000 }, () => Math.floor((random.fraction() - 0.5) * 20_000));
  const octets = g722(noise);
  assert.equal(hash(octets), "74cc8e0b7977b9c9");
  assert.equal(hash(decoded(octets)), "116b35341b27e589");
});

for (const hz of [200, 1000, 3000, 5000, 6500])
  test(`a tone of ${hz} Hz comes through`, () => {
    const before = sine(hz, 16_000, 8000);
    const after = decoded(g722(before));
    assert.ok(Math.abs(amplitudeAt(after, 16_000, hz) - 8000) < 800, `${amplitudeAt(after, 16_000, hz)}`);
    const rest = rms(after) ** 2 - amplitudeAt(after, 16_000, hz) ** 2 / 2;
    assert.ok(rest < 5656 ** 2 / 30, "the rest is 15 dB weaker");
  });

test("the lower band is the sound of a telephone, both ways", () => {
  const narrow = sine(1000, 8000, 8000);
  const octets = new Uint8Array(8000);
  new G722Encoder().encodeNarrow(narrow, octets);
  const wide = decoded(octets);
  assert.ok(Math.abs(amplitudeAt(wide, 16_000, 1000) - 8000) < 400, "narrow in, wide out");
  const back = new Int16Array(8000);
  new G722Decoder().decodeNarrow(g722(sine(1000, 16_000, 8000)), back);
  assert.ok(Math.abs(amplitudeAt(back, 8000, 1000) - 8000) < 400, "wide in, narrow out");
});

test("silence stays silent", () => {
  const after = decoded(g722(new Int16Array(16_000)));
  assert.ok(after.every((sample) => Math.abs(sample) <= 8));
});

test("any octets decode, any sound is coded, in 16 bits", () => {
  const decoder = new G722Decoder();
  const encoder = new G722Encoder();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      const sound = new Int32Array(octets.length * 2);
      // Through a wider array, where an overflow would show.
      decoder.decode(octets, sound as unknown as Int16Array);
      assert.ok(sound.every((sample) => sample >= -32_768 && sample <= 32_767));
      encoder.encode(Int16Array.from(sound), octets);
    }),
  );
});
