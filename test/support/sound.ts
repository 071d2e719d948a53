import { readFileSync } from "node:fs";
import { ALAW_TO_LINEAR, linearToAlaw, linearToUlaw, ULAW_TO_LINEAR } from "../../src/media/codec/g711.ts";
import { G722Decoder, G722Encoder } from "../../src/media/codec/g722.ts";

// Sound for tests: made in code, judged by frequency and loudness.

/** A sine of `amplitude` (1 is full scale). */
export function tone(frequency: number, rate: number, seconds: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequency * index) / rate),
  );
}

/** Amplitude of one frequency in a sound (Goertzel over all of it). */
export function amplitudeAt(samples: ArrayLike<number>, rate: number, frequency: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let [last, before] = [0, 0];
  for (let index = 0; index < samples.length; index++) {
    [last, before] = [(samples[index] ?? 0) + coefficient * last - before, last];
  }
  const power = last * last + before * before - coefficient * last * before;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** Root mean square, on the scale of the samples. */
export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += (samples[index] ?? 0) ** 2;
  return Math.sqrt(sum / samples.length);
}

/** RMS in dB of full scale. */
export function loudness(samples: ArrayLike<number>): number {
  return 20 * Math.log10(rms(samples));
}

/** 16 kHz in G.722, by an encoder of its own. */
export function g722(sound: Int16Array): Uint8Array {
  const octets = new Uint8Array(sound.length >> 1);
  new G722Encoder().encode(sound, octets);
  return octets;
}

/** What is heard of a converted file: its samples (1 is full scale) and their rate. */
export function heard(bytes: Uint8Array, ending: string): { samples: Float32Array; rate: number } {
  const linear = linearOf(bytes, ending);
  const rate = ending === "alaw" || ending === "ulaw" ? 8000 : 16_000;
  return { samples: Float32Array.from(linear, (value) => value / 32_768), rate };
}

function linearOf(bytes: Uint8Array, ending: string): ArrayLike<number> {
  if (ending === "alaw") return Array.from(bytes, (code) => ALAW_TO_LINEAR[code] ?? 0);
  if (ending === "ulaw") return Array.from(bytes, (code) => ULAW_TO_LINEAR[code] ?? 0);
  if (ending === "g722") {
    const samples = new Int16Array(bytes.length * 2);
    new G722Decoder().decode(bytes, samples);
    return samples;
  }
  // Our WAV files have 44 octets of header and 16 bits.
  const view = new DataView(bytes.buffer, bytes.byteOffset + 44);
  return Array.from({ length: (bytes.length - 44) / 2 }, (_, index) => view.getInt16(index * 2, true));
}

/** How a WAV file for a test is written. */
export interface WavParts {
  readonly form?: "pcm" | "float" | "alaw" | "ulaw";
  readonly bits?: number;
  readonly rate?: number;
  /** One sound for each channel. */
  readonly channels: readonly Float32Array[];
  /** What the header says of the octets of sound, when it is not true. */
  readonly declared?: number;
  /** WAVE_FORMAT_EXTENSIBLE, as programs write it for more than 16 bits. */
  readonly extensible?: boolean;
}

const TAGS = { pcm: 1, float: 3, alaw: 6, ulaw: 7 } as const;

/** A WAV file, with a chunk before the sound as recording programs put it there. */
export function wav(parts: WavParts): Buffer {
  const { form = "pcm", rate = 8000, channels } = parts;
  const bits = parts.bits ?? (form === "pcm" ? 16 : form === "float" ? 32 : 8);
  const frames = channels[0]?.length ?? 0;
  const data = Buffer.alloc((frames * channels.length * bits) / 8);
  for (let frame = 0; frame < frames; frame++) {
    for (const [index, channel] of channels.entries()) {
      const at = ((frame * channels.length + index) * bits) / 8;
      writeSample(data, at, channel[frame] ?? 0, form, bits);
    }
  }
  const format = Buffer.alloc(parts.extensible === true ? 40 : 16);
  format.writeUInt16LE(parts.extensible === true ? 0xfffe : TAGS[form], 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels.length * bits) / 8, 8);
  format.writeUInt16LE((channels.length * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (parts.extensible === true) format.writeUInt16LE(TAGS[form], 24);
  const chunks = [
    chunk("fmt ", format),
    chunk("LIST", Buffer.from("INFOodd")),
    chunk("data", data, parts.declared),
  ];
  return chunk("RIFF", Buffer.concat([Buffer.from("WAVE"), ...chunks]));
}

function chunk(name: string, body: Buffer, declared = body.length): Buffer {
  const head = Buffer.from(`${name}    `);
  head.writeUInt32LE(declared, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

function writeSample(data: Buffer, at: number, value: number, form: string, bits: number): void {
  const linear = Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
  if (form === "alaw") data.writeUInt8(linearToAlaw(linear), at);
  else if (form === "ulaw") data.writeUInt8(linearToUlaw(linear), at);
  else if (form === "float" && bits === 64) data.writeDoubleLE(value, at);
  else if (form === "float") data.writeFloatLE(value, at);
  else if (bits === 8) data.writeUInt8(Math.round(value * 127) + 128, at);
  else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, bits / 8);
}

/** One of the files in test/fakes/sound: a second of 1,000 Hz. */
export function soundFile(name: string): Buffer {
  return readFileSync(new URL(`../fakes/sound/${name}`, import.meta.url));
}
