import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { until } from "./process.ts";
import { decode, RATE, type Samples } from "./recording.ts";

const folder = path.resolve(import.meta.dirname, "../../prompts");

/** A prompt that was found in a recording. */
export interface HeardPrompt {
  /** `en/enter-code`. */
  readonly name: string;
  readonly atMs: number;
  /** 1: exactly so; other prompts stay below 0.6. */
  readonly likeness: number;
}

export interface ListenOptions {
  /** Only the first part of each prompt has to be heard: for prompts that a key cuts off. */
  readonly firstMs?: number;
  /** What may be heard; the English prompts of the product when left out. */
  readonly names?: readonly string[];
}

const ENGLISH = ["en/enter-code", "en/wrong-code", "en/no-code", "en/goodbye"];
/** From here on it is that prompt: a whole one through A-law and µ-law has 0.95 and more. */
const ENOUGH = 0.8;

/** A prompt that comes with the product, as a phone with A-law hears it. */
export function promptSamples(name: string): Samples {
  const file = path.join(folder, `${name}.alaw`);
  if (!existsSync(file)) throw new Error(`there is no prompt ${name} (${file})`);
  return decode("PCMA", readFileSync(file));
}

/** Which prompts are heard in a recording, in order: known by how their energy moves over time and frequency. */
export function heardPrompts(samples: Samples, options: ListenOptions = {}): readonly HeardPrompt[] {
  const { firstMs = Infinity, names = ENGLISH } = options;
  const heard = picture(samples);
  const found = names.flatMap((name) => {
    const prompt = promptSamples(name);
    return find(name, heard, picture(prompt.subarray(0, Math.min(prompt.length, (firstMs * RATE) / 1000))));
  });
  return found.toSorted((one, other) => one.atMs - other.atMs);
}

/** New sound before a recording is looked at once more: looking takes time. */
const MORE = RATE / 5;

/** Follows a recording that grows. */
export class Ear {
  readonly #recording: () => Samples;
  #from = 0;

  constructor(recording: () => Samples) {
    this.#recording = recording;
  }

  /** Waits for the next prompt after those that were waited for, and that it is this one, whole. */
  async hears(name: string, options: ListenOptions = {}): Promise<HeardPrompt> {
    let looked = 0;
    const next = await until(`the prompt ${name} to be heard`, () => {
      const recording = this.#recording();
      if (recording.length < looked + MORE) return undefined;
      looked = recording.length;
      return heardPrompts(recording.subarray(this.#from), options)[0];
    });
    if (next.name !== name) throw new Error(`${next.name} was heard instead of ${name}`);
    this.#from += (next.atMs * RATE) / 1000 + promptSamples(name).length;
    return next;
  }
}

// A picture of sound: for each 10 ms the energy in ten bands between 310 Hz and 3.4 kHz, as logarithms.
const HOP = RATE / 100;
const WINDOW = 128;
const BANDS = 10;
const BINS_PER_BAND = 5;
const FIRST_BIN = 5;
/** What A-law makes of silence is far below this. */
const QUIET = 1e5;

interface Picture {
  readonly frames: number;
  /** `frames` times `BANDS` values. */
  readonly values: Float64Array;
}

const cosines: Float64Array[] = [];
const sines: Float64Array[] = [];
for (let bin = FIRST_BIN; bin < FIRST_BIN + BANDS * BINS_PER_BAND; bin++) {
  const at = (wave: (angle: number) => number): Float64Array =>
    Float64Array.from({ length: WINDOW }, (_zero, index) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / WINDOW);
      return hann * wave((2 * Math.PI * bin * index) / WINDOW);
    });
  cosines.push(at(Math.cos));
  sines.push(at(Math.sin));
}

function picture(samples: Samples): Picture {
  const frames = Math.max(0, Math.floor((samples.length - WINDOW) / HOP) + 1);
  const values = new Float64Array(frames * BANDS);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < BANDS; band++) {
      let energy = 0;
      for (let bin = band * BINS_PER_BAND; bin < (band + 1) * BINS_PER_BAND; bin++) {
        energy += energyIn(samples, frame * HOP, bin);
      }
      values[frame * BANDS + band] = Math.log(QUIET + energy);
    }
  }
  return { frames, values };
}

function energyIn(samples: Samples, start: number, bin: number): number {
  const [cosine, sine] = [cosines[bin] ?? new Float64Array(), sines[bin] ?? new Float64Array()];
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < WINDOW; index++) {
    const sample = samples[start + index] ?? 0;
    real += sample * (cosine[index] ?? 0);
    imaginary += sample * (sine[index] ?? 0);
  }
  return real * real + imaginary * imaginary;
}

/** Every place where the prompt is heard: the best one among those that overlap. */
function find(name: string, heard: Picture, prompt: Picture): readonly HeardPrompt[] {
  const found: HeardPrompt[] = [];
  for (let frame = 0; frame + prompt.frames <= heard.frames; frame++) {
    const likeness = correlation(heard.values, frame * BANDS, prompt.values);
    if (likeness < ENOUGH) continue;
    const last = found.at(-1);
    const here = { name, atMs: frame * 10, likeness };
    if (last === undefined || here.atMs >= last.atMs + prompt.frames * 10) found.push(here);
    else if (likeness > last.likeness) found[found.length - 1] = here;
  }
  return found;
}

/** Pearson's correlation of `part` with as many values of `whole` from `start` on; 0 where either is flat. */
function correlation(whole: Float64Array, start: number, part: Float64Array): number {
  let [sumA, sumB, sumAa, sumBb, sumAb] = [0, 0, 0, 0, 0];
  for (let index = 0; index < part.length; index++) {
    const [a, b] = [whole[start + index] ?? 0, part[index] ?? 0];
    sumA += a;
    sumB += b;
    sumAa += a * a;
    sumBb += b * b;
    sumAb += a * b;
  }
  const n = part.length;
  const spread = (sumAa - (sumA * sumA) / n) * (sumBb - (sumB * sumB) / n);
  return spread < 1e-6 ? 0 : (sumAb - (sumA * sumB) / n) / Math.sqrt(spread);
}
