import { readFileSync, writeFileSync } from "node:fs";
import { wavHeader } from "../../src/media/audio/wav-header.ts";

/** Sound as telephones have it: one channel, 8,000 samples a second, 16 bits. */
export type Samples = Int16Array;

export const RATE = 8000;

/** About −12 dBm0: as loud as people speak. */
const LEVEL = 8000;

/** A tone that goes on; `level` is its peak. */
export function tone(hz: number, ms: number, level = LEVEL): Samples {
  return Int16Array.from({ length: (ms * RATE) / 1000 }, (_zero, at) =>
    Math.round(level * Math.sin((2 * Math.PI * hz * at) / RATE)),
  );
}

export function silence(ms: number): Samples {
  return new Int16Array((ms * RATE) / 1000);
}

export function joined(...parts: readonly Samples[]): Samples {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = "123A456B789C*0#D";

/** Keys as tones in the sound (ITU-T Q.23), with silence before, between and after them. */
export function keyTones(keys: string, toneMs = 120, gapMs = 120): Samples {
  const parts = Array.from(keys, (key) => {
    const place = KEYS.indexOf(key);
    const low = tone(ROWS[Math.floor(place / 4)] ?? 0, toneMs, LEVEL / 2);
    const high = tone(COLUMNS[place % 4] ?? 0, toneMs, LEVEL / 2);
    return joined(
      low.map((sample, at) => sample + (high[at] ?? 0)),
      silence(gapMs),
    );
  });
  return joined(silence(gapMs), ...parts);
}

/** Which share of the sound's energy is this frequency, 0 to 1: Goertzel's filter; 1 is a pure tone of it. */
export function shareOf(hz: number, samples: Samples): number {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / RATE);
  let [one, two, energy] = [0, 0, 0];
  for (const sample of samples) {
    [one, two] = [sample + turn * one - two, one];
    energy += sample * sample;
  }
  const found = one * one + two * two - turn * one * two;
  return energy === 0 ? 0 : (2 * found) / (samples.length * energy);
}

/** A tenth of a second: long enough to tell 400 Hz from 440 Hz. */
const BLOCK = RATE / 10;

/** How much of a recording is this tone and hardly anything else, in ms. */
export function msOfTone(hz: number, samples: Samples): number {
  let blocks = 0;
  for (let at = 0; at + BLOCK <= samples.length; at += BLOCK) {
    if (shareOf(hz, samples.subarray(at, at + BLOCK)) > 0.7) blocks += 1;
  }
  return (blocks * BLOCK * 1000) / RATE;
}

export function writeWav(file: string, samples: Samples): void {
  const octets = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const header = wavHeader({ tag: 1, channels: 1, rate: RATE, bits: 16 }, octets.length);
  writeFileSync(file, Buffer.concat([header, octets]));
}

/**
 * Reads a WAV of telephone sound that may still be written to: its header then tells too small a length, so the samples
 * are all that comes after the word `data`.
 */
export function readWav(file: string): Samples {
  const octets = readFileSync(file);
  const [channels, rate, bits] = [octets.readUInt16LE(22), octets.readUInt32LE(24), octets.readUInt16LE(34)];
  if (octets.toString("latin1", 0, 4) !== "RIFF" || channels !== 1 || rate !== RATE || bits !== 16) {
    throw new Error(`${file}: ${channels} channels, ${rate} Hz, ${bits} bits`);
  }
  const start = octets.indexOf("data", 36, "latin1") + 8;
  const count = Math.floor((octets.length - start) / 2);
  return Int16Array.from({ length: count }, (_zero, at) => octets.readInt16LE(start + 2 * at));
}

/** How a telephone writes a sample into an octet (ITU-T G.711). */
export type Law = "PCMA" | "PCMU";

function decodeOctet(law: Law, octet: number): number {
  const bits = law === "PCMA" ? octet ^ 0x55 : ~octet & 0xff;
  const [exponent, mantissa] = [(bits >> 4) & 7, bits & 15];
  if (law === "PCMU") {
    const size = ((mantissa * 8 + 132) << exponent) - 132;
    return (bits & 0x80) === 0 ? size : -size;
  }
  const size = exponent === 0 ? mantissa * 16 + 8 : (mantissa * 16 + 264) << (exponent - 1);
  return (bits & 0x80) === 0 ? -size : size;
}

export function decode(law: Law, octets: Uint8Array): Samples {
  return Int16Array.from(octets, (octet) => decodeOctet(law, octet));
}

/** The octet of the nearest value, for each of the 65,536 samples. */
function encodingTable(law: Law): Uint8Array {
  const values = Array.from({ length: 256 }, (_zero, octet) => ({ octet, value: decodeOctet(law, octet) }));
  values.sort((one, other) => one.value - other.value);
  const table = new Uint8Array(65_536);
  let nearest = 0;
  for (let sample = -32_768; sample < 32_768; sample++) {
    const distance = (index: number): number => Math.abs((values[index]?.value ?? Infinity) - sample);
    // µ-law has two zeros.
    while (distance(nearest + 1) <= distance(nearest)) nearest += 1;
    table[sample + 32_768] = values[nearest]?.octet ?? 0;
  }
  return table;
}

const tables: Partial<Record<Law, Uint8Array>> = {};

export function encode(law: Law, samples: Samples): Uint8Array {
  const table = (tables[law] ??= encodingTable(law));
  return Uint8Array.from(samples, (sample) => table[sample + 32_768] ?? 0);
}
