import { linearToAlaw, linearToUlaw } from "../codec/g711.ts";
import { encodeG722 } from "../codec/g722.ts";
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
  const wide = linear(samples);
  const alaw = Uint8Array.from(narrow, linearToAlaw);
  const ulaw = Uint8Array.from(narrow, linearToUlaw);
  return {
    files: { alaw, ulaw, g722: encodeG722(wide), wav: wavFile(wide) },
    durationMs: durationOf(alaw.length),
  };
}

/** To 16 bits. */
function linear(samples: ArrayLike<number>): Int16Array {
  return Int16Array.from(samples, (value) => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))));
}

function wavFile(samples: Int16Array): Uint8Array {
  const data = Buffer.alloc(samples.length * 2);
  for (const [index, sample] of samples.entries()) data.writeInt16LE(sample, index * 2);
  return Buffer.concat([wavHeader({ tag: 1, channels: 1, rate: WIDE_RATE, bits: 16 }, data.length), data]);
}
