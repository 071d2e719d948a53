import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { SeededRandom } from "../../../test/fakes/seeded-ids.ts";
import { g722, rms } from "../../../test/support/sound.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { G722Decoder } from "../codec/g722.ts";
import { ToneGenerator } from "../dtmf/tone-generator.ts";
import { decoder, silentOctet } from "./convert.ts";

/** Full scale is 0 dBov. */
const MINUS_55_DBOV = 58;
/** Octets of 20 ms. */
const FRAME = 160;

function heard(by: G722Decoder, octets: Uint8Array): Int16Array {
  const sound = new Int16Array(octets.length * 2);
  by.decode(octets, sound);
  return sound;
}

/** A second of something that is said. */
function said(hz: number): Int16Array {
  const sound = new Int16Array(16_000);
  new ToneGenerator([{ frequencies: [hz], ms: 2000 }], -10, false).write(sound);
  return sound;
}

const random = new SeededRandom(31);
const before: ReadonlyMap<string, Uint8Array> = new Map([
  ["nothing", new Uint8Array()],
  ["a tone", g722(said(440))],
  ["a tone that was cut off", g722(said(700)).subarray(0, 5003)],
  ["noise", g722(Int16Array.from({ length: 16_000 }, () => Math.floor((random.fraction() - 0.5) * 40_000)))],
  ["any octets", Uint8Array.from({ length: 8000 }, () => Math.floor(random.fraction() * 256))],
]);

for (const codec of ["PCMA", "PCMU"] as const satisfies readonly AudioCodec[])
  test(`the silent octet of ${codec} is silence`, () => {
    const samples = new Int16Array(FRAME);
    decoder(codec)(new Uint8Array(FRAME).fill(silentOctet(codec)), samples);
    assert.ok(samples.every((sample) => Math.abs(sample) <= 8));
  });

for (const [name, octets] of before) {
  test(`the silent octet of G.722 after ${name}: quiet from the second packet on`, () => {
    const listener = new G722Decoder();
    heard(listener, octets);
    const silence = new Uint8Array(FRAME).fill(silentOctet("G722"));
    heard(listener, silence);
    for (let packet = 2; packet <= 500; packet++) {
      const loud = rms(heard(listener, silence));
      assert.ok(loud < MINUS_55_DBOV, `packet ${packet} has ${loud}`);
    }
  });

  test(`a G.722 message that follows silence after ${name} is heard as by a decoder of its own`, () => {
    const listener = new G722Decoder();
    heard(listener, octets);
    heard(listener, new Uint8Array(25 * FRAME).fill(silentOctet("G722")));
    const message = readFileSync(path.resolve(import.meta.dirname, "../../../prompts/en/wrong-code.g722"));
    const wanted = heard(new G722Decoder(), message);
    const got = heard(listener, message);
    const difference = got.map((sample, at) => sample - (wanted[at] as number));
    assert.ok(rms(difference) < rms(wanted) / 10, `${rms(difference)} of ${rms(wanted)}`);
  });
}
