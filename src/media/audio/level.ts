import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";

/**
 * Loudness of what is spoken, in dB of full scale (RMS over the frames in which something is heard). Prompts of
 * telephone systems lie between -16 and -22; -19 is as loud as a person who speaks close to a handset, and leaves
 * speech, whose peaks are 12 to 17 dB higher, its peaks.
 */
const TARGET_DB = -19;
/** No peak comes nearer to full scale than this, however quiet the rest is then. */
const PEAK_DB = -1;
/** A recording that needs more is noise; making that loud helps nobody. */
const MAX_GAIN_DB = 36;
/** Frames this far under the loudest one are pauses, and do not count for loudness (P.56 has 16 dB under the mean). */
const PAUSE_DB = 20;
/** Frames this far under the loudest one are silence, where it is cut: the end of a word is soft. */
const QUIET_DB = 45;
/** Nothing at all: under the last step of 16 bits. */
const SILENCE_DB = -80;
const FRAME_MS = 20;
/** Silence that is left before the first sound and after the last one. */
const LEAD_MS = 60;
const TAIL_MS = 200;
const FADE_MS = 5;

/**
 * Makes recordings sound alike: a constant offset goes, silence at both ends is cut to a moment, loudness is levelled,
 * and the ends are faded so that they do not click. The value is new; an error is a sentence without the file's name.
 */
export function level(samples: Float32Array, rate: number): Result<Float32Array, string> {
  const centred = withoutOffset(samples);
  const frame = (rate * FRAME_MS) / 1000;
  const powers = framePowers(centred, frame);
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  if (loudest < power(SILENCE_DB)) return err("holds only silence.");
  const trimmed = trim(
    centred,
    powers.map((value) => value >= loudest * power(-QUIET_DB)),
    frame,
    rate,
  );
  const heard = powers.filter((value) => value >= loudest * power(-PAUSE_DB));
  const rms = Math.sqrt(heard.reduce((sum, value) => sum + value, 0) / heard.length);
  const peak = trimmed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const gain = Math.min(amplitude(TARGET_DB) / rms, amplitude(PEAK_DB) / peak, amplitude(MAX_GAIN_DB));
  return ok(fade(trimmed, gain, (rate * FADE_MS) / 1000));
}

function amplitude(decibels: number): number {
  return 10 ** (decibels / 20);
}

function power(decibels: number): number {
  return 10 ** (decibels / 10);
}

function withoutOffset(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  return samples.map((value) => value - mean);
}

/** Mean square of each frame, the last one shorter. */
function framePowers(samples: Float32Array, frame: number): number[] {
  return Array.from({ length: Math.ceil(samples.length / frame) }, (_, index) => {
    const part = samples.subarray(index * frame, (index + 1) * frame);
    return part.reduce((sum, value) => sum + value * value, 0) / part.length;
  });
}

function trim(samples: Float32Array, isHeard: readonly boolean[], frame: number, rate: number): Float32Array {
  const first = isHeard.indexOf(true) * frame - (rate * LEAD_MS) / 1000;
  const last = (isHeard.lastIndexOf(true) + 1) * frame + (rate * TAIL_MS) / 1000;
  return samples.slice(Math.max(0, first), last);
}

function fade(samples: Float32Array, gain: number, length: number): Float32Array {
  const last = samples.length - 1;
  return samples.map((value, index) => value * gain * Math.min(1, index / length, (last - index) / length));
}
