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
export function encode(samples: Float32Array): ConvertedAudio {
  const resampler = new Resampler(WIDE_RATE, NARROW_RATE);
  const parts = [resampler.push(samples), resampler.flush()];
  const narrow = linear(parts.flatMap((part) => [...part]));
  // G.722 makes one octet of two samples.
  const wide = linear(samples.subarray(0, samples.length - (samples.length % 2)));
  const g722 = new Uint8Array(wide.length / 2);
  new G722Encoder().encode(wide, g722);
  const alaw = Uint8Array.from(narrow, linearToAlaw);
  const ulaw = Uint8Array.from(narrow, linearToUlaw);
  return {
    files: { alaw, ulaw, g722, wav: wavFile(wide) },
    durationMs: durationOf(alaw.length),
  };
}

/** To 16 bits. */
function linear(samples: ArrayLike<number>): Int16Array {
  return Int16Array.from(samples, (value) => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))));
}

/** In memory of its own, which can be handed to another thread; that of a Buffer may be shared. */
function wavFile(samples: Int16Array): Uint8Array {
  const header = wavHeader({ tag: 1, channels: 1, rate: WIDE_RATE, bits: 16 }, samples.length * 2);
  const file = new Uint8Array(header.length + samples.length * 2);
  const view = new DataView(file.buffer);
  file.set(header);
  for (const [index, sample] of samples.entries()) view.setInt16(header.length + index * 2, sample, true);
  return file;
}
