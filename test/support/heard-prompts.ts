import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { until } from "./process.ts";
import { decode, msOfTone, RATE, type Samples } from "./recording.ts";

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
  const seekers = seekersFor(options);
  const heard = new Picture();
  heard.follow(samples);
  for (const seeker of seekers) seeker.look(heard, 0);
  return inOrder(seekers);
}

/** From look to look. */
const LOOK_MS = 100;

/** Follows a recording that grows. */
export class Ear {
  readonly #recording: () => Samples;
  readonly #heard = new Picture();
  /** What comes before has been waited for. */
  #fromFrame = 0;

  constructor(recording: () => Samples) {
    this.#recording = recording;
  }

  /** Waits for the next prompt after those that were waited for, and that it is this one. */
  async hears(name: string, options: ListenOptions = {}): Promise<HeardPrompt> {
    const seekers = seekersFor(options);
    let lookAt = 0;
    const next = await until(`the prompt ${name} to be heard`, () => {
      if (performance.now() < lookAt) return undefined;
      lookAt = performance.now() + LOOK_MS;
      this.#heard.follow(this.#recording());
      for (const seeker of seekers) seeker.look(this.#heard, this.#fromFrame);
      return inOrder(seekers)[0];
    });
    if (next.name !== name) throw new Error(`${next.name} was heard instead of ${name}`);
    // Not its very end, so that the best place among several has been found.
    this.#fromFrame = Math.floor((next.atMs + neededMs(name, options)) / HOP_MS) - 5;
    return next;
  }
}

/** Waits until a tone and hardly anything else is heard for so long in all, in what a recording has beyond `from`. */
export async function hearsTone(recording: () => Samples, hz: number, ms = 800, from = 0): Promise<void> {
  let lookAt = 0;
  await until(`${hz} Hz to be heard`, () => {
    if (performance.now() < lookAt) return false;
    lookAt = performance.now() + LOOK_MS;
    return msOfTone(hz, recording().subarray(from)) >= ms;
  });
}

/** How much of a prompt has to be heard. */
function neededMs(name: string, { firstMs = Infinity }: ListenOptions): number {
  return Math.min(firstMs, (promptSamples(name).length * 1000) / RATE);
}

function inOrder(seekers: readonly Seeker[]): readonly HeardPrompt[] {
  return seekers.flatMap(({ found }) => found).toSorted((one, other) => one.atMs - other.atMs);
}

// A picture of sound: for each 10 ms the energy in ten bands between 310 Hz and 3.4 kHz, as logarithms.
const HOP_MS = 10;
const HOP = (RATE * HOP_MS) / 1000;
const WINDOW = 128;
const BANDS = 10;
const BINS_PER_BAND = 5;
const FIRST_BIN = 5;
/** What A-law makes of silence is far below this. */
const QUIET = 1e5;

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

class Picture {
  frames = 0;
  #values = new Float64Array(1024);

  /** `BANDS` values a frame. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.frames * BANDS);
  }

  /** Adds what a recording has beyond what was seen of it. */
  follow(samples: Samples): void {
    const frames = Math.max(0, Math.floor((samples.length - WINDOW) / HOP) + 1);
    if (frames * BANDS > this.#values.length) {
      const larger = new Float64Array(2 * frames * BANDS);
      larger.set(this.#values);
      this.#values = larger;
    }
    for (; this.frames < frames; this.frames += 1) {
      for (let band = 0; band < BANDS; band++) {
        let energy = 0;
        for (let bin = band * BINS_PER_BAND; bin < (band + 1) * BINS_PER_BAND; bin++) {
          energy += energyIn(samples, this.frames * HOP, bin);
        }
        this.#values[this.frames * BANDS + band] = Math.log(QUIET + energy);
      }
    }
  }
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

/** Looks for one prompt: every place where it is heard, the best one among those that overlap. */
class Seeker {
  readonly found: HeardPrompt[] = [];
  readonly #name: string;
  readonly #prompt = new Picture();
  #next = 0;

  constructor(name: string, options: ListenOptions) {
    this.#name = name;
    this.#prompt.follow(promptSamples(name).subarray(0, (neededMs(name, options) * RATE) / 1000));
  }

  /** At every place that was not looked at before, from a frame on. */
  look(heard: Picture, from: number): void {
    const { frames, values } = this.#prompt;
    for (this.#next = Math.max(this.#next, from); this.#next + frames <= heard.frames; this.#next += 1) {
      const likeness = correlation(heard.values, this.#next * BANDS, values);
      if (likeness < ENOUGH) continue;
      const last = this.found.at(-1);
      const here = { name: this.#name, atMs: this.#next * HOP_MS, likeness };
      if (last === undefined || here.atMs >= last.atMs + frames * HOP_MS) this.found.push(here);
      else if (likeness > last.likeness) this.found[this.found.length - 1] = here;
    }
  }
}

function seekersFor(options: ListenOptions): readonly Seeker[] {
  return (options.names ?? ENGLISH).map((name) => new Seeker(name, options));
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
