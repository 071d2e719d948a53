import { writeFileSync } from "node:fs";
import path from "node:path";
import { G722Encoder } from "../../src/media/codec/g722.ts";
import type { Sound } from "../../src/media/engine.ts";
import { encode, tone, writeWav } from "./recording.ts";

type Message = Extract<Sound, { kind: "message" }>;

let made = 0;

/** A message that is one tone, in all the forms in which messages are kept; nobody else's files. */
export function toneMessage(folder: string, hz: number, durationMs: number): Message {
  made += 1;
  const name = `tone-${hz}-${durationMs}-${made}`;
  const file = path.join(folder, name);
  const samples = tone(hz, durationMs);
  writeFileSync(`${file}.alaw`, encode("PCMA", samples));
  writeFileSync(`${file}.ulaw`, encode("PCMU", samples));
  const wide = new Uint8Array(samples.length);
  new G722Encoder().encodeNarrow(samples, wide);
  writeFileSync(`${file}.g722`, wide);
  writeWav(`${file}.wav`, samples);
  return { kind: "message", name, path: file, durationMs };
}
