import { linearToAlaw, linearToUlaw } from "../codec/g711.ts";
import { G722Encoder } from "../codec/g722.ts";
import type { ConvertedAudio } from "./converted.ts";
import { durationOf } from "./converted.ts";
import { Resampler } from "./resampler.ts";
import { wavHeader } from "./wav-header.ts";

/** Samples a second of what is encoded here: what G.722 takes. */
export const WIDE_RATE = 16_000;
const NARROW_RATE = 8000;

/** Levelled sound at 16 kHz in the forms that phones take. */
export function encode(sound: Float32Array): ConvertedAudio {
  // G.722 makes one octet of two samples, and all have the same length.
  const samples = new Float32Array(sound.length + (sound.length % 2));
  samples.set(sound);
  const resampler = new Resampler(WIDE_RATE, NARROW_RATE);
  const narrow = linear(joined([resampler.push(samples), resampler.flush()]));
  const wide = linear(samples);
  const alaw = new Uint8Array(narrow.length);
  const ulaw = new Uint8Array(narrow.length);
  for (let index = 0; index < narrow.length; index++) {
    const sample = narrow[index] ?? 0;
    alaw[index] = linearToAlaw(sample);
    ulaw[index] = linearToUlaw(sample);
  }
  const g722 = new Uint8Array(wide.length / 2);
  new G722Encoder().encode(wide, g722);
  return { files: { alaw, ulaw, g722, wav: wavFile(wide) }, durationMs: durationOf(alaw.length) };
}

/** Parts one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** To 16 bits. A loop, since `from` would make a list of millions of numbers first. */
function linear(samples: Float32Array): Int16Array {
  const whole = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index++) {
    const value = Math.round((samples[index] ?? 0) * 32_768);
    whole[index] = Math.max(-32_768, Math.min(32_767, value));
  }
  return whole;
}

/** In memory of its own, which can be handed to another thread; that of a Buffer may be shared. */
function wavFile(samples: Int16Array): Uint8Array {
  const header = wavHeader({ tag: 1, channels: 1, rate: WIDE_RATE, bits: 16 }, samples.length * 2);
  const file = new Uint8Array(header.length + samples.length * 2);
  const view = new DataView(file.buffer);
  file.set(header);
  for (let index = 0; index < samples.length; index++)
    view.setInt16(header.length + index * 2, samples[index] ?? 0, true);
  return file;
}
