import { writeFileSync } from "node:fs";
import path from "node:path";
import { linearToAlaw, linearToUlaw } from "../../src/media/codec/g711.ts";
import { G722Encoder } from "../../src/media/codec/g722.ts";
import { ToneGenerator } from "../../src/media/dtmf/tone-generator.ts";
import type { Sound } from "../../src/media/engine.ts";

type Message = Extract<Sound, { kind: "message" }>;

/** A message that is one tone, in all the forms in which messages are kept. */
export function toneMessage(folder: string, hz: number, durationMs: number): Message {
  const name = `tone-${hz}-${durationMs}`;
  const file = path.join(folder, name);
  const samples = new Int16Array(durationMs * 8);
  new ToneGenerator([{ frequencies: [hz], ms: durationMs }], -10, false).write(samples);
  writeFileSync(`${file}.alaw`, Uint8Array.from(samples, linearToAlaw));
  writeFileSync(`${file}.ulaw`, Uint8Array.from(samples, linearToUlaw));
  const wide = new Uint8Array(samples.length);
  new G722Encoder().encodeNarrow(samples, wide);
  writeFileSync(`${file}.g722`, wide);
  writeFileSync(`${file}.wav`, wav(samples));
  return { kind: "message", name, path: file, durationMs };
}

/** WAVE, PCM of 16 bits, one channel, 8 kHz. */
function wav(samples: Int16Array): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}
