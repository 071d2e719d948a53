import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { SeededRandom } from "../../../test/fakes/seeded-ids.ts";
import { ALAW_TO_LINEAR, linearToAlaw } from "../codec/g711.ts";
import { DIGITS, frequenciesOf } from "./digit.ts";
import { ToneDetector } from "./tone-detector.ts";
import { digitTone, ToneGenerator } from "./tone-generator.ts";

const ms = (samples: number): number => (samples / 8000) * 1000;

function silence(lengthMs: number): Int16Array {
  return new Int16Array(lengthMs * 8);
}

function tone(digit: string, lengthMs: number): Int16Array {
  const sound = silence(lengthMs);
  digitTone(digit, lengthMs)?.write(sound);
  return sound;
}

/** Two sines, amplitudes of 32,767. */
function sines(
  lengthMs: number,
  ...parts: readonly (readonly [hz: number, amplitude: number])[]
): Int16Array {
  return silence(lengthMs).map((_, n) =>
    Math.round(
      parts.reduce((sum, [hz, amplitude]) => sum + amplitude * Math.sin((2 * Math.PI * hz * n) / 8000), 0),
    ),
  );
}

function joined(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

/** What is found in sound that comes in packets of this many samples. */
function found(sound: Int16Array, packet = 160): string {
  const detector = new ToneDetector();
  let digits = "";
  for (let at = 0; at < sound.length; at += packet) digits += detector.put(sound.subarray(at, at + packet));
  return digits;
}

const through = (sound: Int16Array): Int16Array =>
  sound.map((s) => ALAW_TO_LINEAR[linearToAlaw(s)] as number);

test("every key, over A-law, in packets of any length", () => {
  const sound = joined(...[...DIGITS].flatMap((digit) => [tone(digit, 60), silence(60)]));
  for (const packet of [80, 160, 240, 37, 480]) assert.equal(found(through(sound), packet), DIGITS);
});

test("40 ms of tone and 40 ms of pause are enough, wherever they begin", () => {
  for (let shift = 0; shift < 160; shift += 7) {
    const sound = joined(new Int16Array(shift), tone("7", 40), silence(40), tone("7", 40), silence(60));
    assert.equal(found(through(sound)), "77", `shifted by ${shift} samples`);
  }
});

test("20 ms of tone are not enough, wherever they begin", () => {
  for (let shift = 0; shift < 160; shift += 7)
    assert.equal(
      found(joined(new Int16Array(shift), tone("7", 20), silence(60))),
      "",
      `shifted by ${shift} samples`,
    );
});

test("a key that is held is told once, also over a lost packet", () => {
  assert.equal(found(joined(tone("2", 5000), silence(100))), "2");
  const held = tone("2", 400);
  const gap = joined(held.subarray(0, 1600), held.subarray(1760));
  assert.equal(found(joined(gap, silence(100))), "2", "20 ms are missing");
  const silent = Int16Array.from(held).fill(0, 1600, 1760);
  assert.equal(found(joined(silent, silence(100))), "2", "20 ms are silent");
});

test("a key is told within 40 ms of sounding for 40 ms", () => {
  const detector = new ToneDetector();
  const sound = joined(silence(13), tone("4", 200));
  let told = -1;
  for (let at = 0; at < sound.length && told < 0; at += 80)
    if (detector.put(sound.subarray(at, at + 80)) !== "") told = at + 80;
  assert.ok(told > 0 && ms(told) - 13 <= 80, `told after ${ms(told)} ms`);
});

test("twist: the column may be 7 dB stronger, the row 5 dB, not more than 10", () => {
  const [row, column] = frequenciesOf("5") as readonly [number, number];
  const at = (rowDb: number, columnDb: number): string =>
    found(sines(80, [row, 3000 * 10 ** (rowDb / 20)], [column, 3000 * 10 ** (columnDb / 20)]));
  assert.deepEqual([at(0, 0), at(0, 7), at(5, 0)], ["5", "5", "5"]);
  assert.deepEqual([at(0, 10), at(10, 0)], ["", ""]);
});

test("level, frequency and harmonics", () => {
  const [row, column] = frequenciesOf("5") as readonly [number, number];
  assert.equal(found(sines(80, [row, 500], [column, 500])), "5", "quiet");
  assert.equal(found(sines(80, [row, 100], [column, 100])), "", "too quiet");
  assert.equal(found(sines(80, [row * 1.008, 4000], [column * 0.992, 4000])), "5", "0.8 % off");
  assert.equal(found(sines(80, [row * 1.04, 4000], [column, 4000])), "", "the row 4 % off");
  assert.equal(found(sines(80, [row, 4000], [column, 4000], [2 * row, 2000])), "", "the harmonic of a voice");
  assert.equal(found(sines(300, [row, 8000])), "", "a row alone");
  assert.equal(found(sines(300, [row, 4000], [697, 4000], [column, 4000])), "", "two rows");
});

for (const off of [-0.015, 0.015])
  for (const other of [-0.015, 0.015])
    test(`A3: keys whose row is ${off * 100} % and whose column is ${other * 100} % off pitch are heard, quiet or loud, with noise`, () => {
      const random = new SeededRandom(3);
      for (const amplitude of [700, 4000, 12_000])
        for (const digit of DIGITS) {
          const [row, column] = frequenciesOf(digit) as readonly [number, number];
          const pure = sines(60, [row * (1 + off), amplitude], [column * (1 + other), amplitude * 0.8]);
          const noisy = pure.map(
            (sample) => sample + Math.round((random.fraction() - 0.5) * amplitude * 0.3),
          );
          const sound = joined(silence(23), noisy, silence(60));
          assert.equal(found(through(sound)), digit, `${digit} at ${amplitude}`);
        }
    });

test("A3: what is 3.5 % off pitch or more, in row or column, is no key", () => {
  for (const off of [-0.06, -0.045, -0.035, 0.035, 0.045, 0.06])
    for (const digit of DIGITS) {
      const [row, column] = frequenciesOf(digit) as readonly [number, number];
      const rowOff = sines(120, [row * (1 + off), 4000], [column, 4000]);
      const columnOff = sines(120, [row, 4000], [column * (1 + off), 4000]);
      assert.equal(found(through(joined(silence(23), rowOff, silence(60)))), "", `${digit}: row ${off}`);
      assert.equal(
        found(through(joined(silence(23), columnOff, silence(60)))),
        "",
        `${digit}: column ${off}`,
      );
    }
});

test("A3: talk-off: the messages that the synthesiser has spoken make no keys, at any loudness and pitch", () => {
  const folder = fileURLToPath(new URL("../../../prompts", import.meta.url));
  const spoken = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".alaw"),
  );
  assert.ok(spoken.length >= 8);
  let keys = "";
  let seconds = 0;
  for (const file of spoken) {
    const samples = Int16Array.from(
      readFileSync(join(folder, file)),
      (octet) => ALAW_TO_LINEAR[octet] as number,
    );
    // As other voices: faster is higher.
    for (const speed of [0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4])
      for (const gain of [0.25, 1]) {
        const length = Math.floor(samples.length / speed);
        const voice = Int16Array.from({ length }, (_, at) =>
          Math.round((samples[Math.floor(at * speed)] ?? 0) * gain),
        );
        keys += found(voice);
        seconds += length / 8000;
      }
  }
  assert.ok(seconds > 200, `${seconds} s`);
  assert.equal(keys, "");
});

test("call-progress tones and silence are no keys", () => {
  for (const frequencies of [[425], [440, 480], [350, 440], [480, 620], [400, 450], [1000], [2100]]) {
    const sound = silence(3000);
    new ToneGenerator([{ frequencies, ms: 3000 }], -9, false).write(sound);
    assert.equal(found(through(sound)), "", frequencies.join("+"));
  }
  assert.equal(found(silence(1000)), "");
});

/** Something as lively as speech: voiced syllables with harmonics and formants, hisses, pauses. */
function speechLike(random: SeededRandom, seconds: number): Int16Array {
  const sound = new Int16Array(seconds * 8000);
  for (let at = 0; at < sound.length; ) {
    const length = 400 + Math.floor(random.fraction() * 2400);
    const kind = random.fraction();
    const pitch = 80 + random.fraction() * 220;
    const glide = (random.fraction() - 0.5) * 60;
    const formants = [300 + random.fraction() * 600, 900 + random.fraction() * 1500];
    let phase = 0;
    for (let n = 0; n < length && at + n < sound.length; n++) {
      const envelope = Math.sin((Math.PI * n) / length) * 6000;
      if (kind < 0.2) continue;
      if (kind < 0.35) {
        sound[at + n] = Math.round((random.fraction() - 0.5) * envelope);
        continue;
      }
      const hz = pitch + (glide * n) / length;
      phase += (2 * Math.PI * hz) / 8000;
      let sum = 0;
      for (let harmonic = 1; harmonic * hz < 3400; harmonic++) {
        const near = formants.reduce(
          (most, f) => Math.max(most, 1 / (1 + ((harmonic * hz - f) / 120) ** 2)),
          0.02,
        );
        sum += near * Math.sin(harmonic * phase);
      }
      sound[at + n] = Math.max(-32768, Math.min(32767, Math.round(sum * envelope)));
    }
    at += length;
  }
  return sound;
}

test("talk-off: twenty minutes of speech-like sound make next to no keys", () => {
  // Such sound is purer than speech. Bellcore's tapes allow some 30 false keys in half an hour of real voices.
  let keys = "";
  for (let seed = 1; seed <= 20; seed++) keys += found(through(speechLike(new SeededRandom(seed), 60)));
  assert.ok(keys.length <= 4, `found ${keys}`);
});

test("keys are found under noise that is 15 dB weaker", () => {
  const random = new SeededRandom(7);
  const sound = joined(...[...DIGITS].flatMap((digit) => [tone(digit, 80), silence(80)]));
  const noisy = sound.map((sample) => sample + Math.round((random.fraction() - 0.5) * 7000));
  assert.equal(found(through(noisy)), DIGITS);
});

test("no sound makes it throw", () => {
  fc.assert(
    fc.property(fc.array(fc.int16Array({ maxLength: 400 }), { maxLength: 10 }), (packets) => {
      const detector = new ToneDetector();
      for (const packet of packets) for (const key of detector.put(packet)) assert.ok(DIGITS.includes(key));
    }),
  );
});
