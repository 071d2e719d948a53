import { goertzel, goertzelCoefficient } from "./goertzel.ts";

/** One frequency in a sound. */
export interface Peak {
  /** Hz, a multiple of 5. */
  readonly hz: number;
  /** Of a sine that would sound alike, 0 … 32,767. */
  readonly amplitude: number;
}

const SAMPLE_RATE = 8000;
const LOWEST = 100;
const HIGHEST = 3800;
const STEP = 5;
/**
 * Sound is looked at in pieces of so many samples, 100 ms: in longer ones a frequency between two steps would vanish, the
 * more exactly each step is heard.
 */
const PIECE = 800;
/** Frequencies this near to a stronger one belong to it. */
const APART = 60;

/**
 * The strongest frequencies in sound of 8 kHz, strongest first: for asking "is this 425 Hz?", not for music. Exact to 5 Hz
 * from 100 ms of sound on. What is weaker than a tenth of the strongest is left out.
 */
export function strongestFrequencies(sound: Int16Array, most: number): readonly Peak[] {
  if (sound.length === 0) return [];
  const peaks: Peak[] = [];
  for (let hz = LOWEST; hz <= HIGHEST; hz += STEP) {
    peaks.push({ hz, amplitude: 2 * Math.sqrt(powerOf(sound, goertzelCoefficient(hz, SAMPLE_RATE))) });
  }
  peaks.sort((a, b) => b.amplitude - a.amplitude);
  const found: Peak[] = [];
  for (const peak of peaks) {
    const strongest = found[0]?.amplitude ?? 0;
    if (found.length === most || peak.amplitude < strongest / 10 || peak.amplitude < 1) break;
    if (found.every(({ hz }) => Math.abs(hz - peak.hz) >= APART)) found.push(peak);
  }
  return found;
}

/** Mean over the pieces; a last one that is shorter is left out. */
function powerOf(sound: Int16Array, coefficient: number): number {
  const pieces = Math.max(1, Math.floor(sound.length / PIECE));
  const length = Math.min(PIECE, sound.length);
  let sum = 0;
  for (let n = 0; n < pieces; n++) sum += goertzel(sound, n * length, (n + 1) * length, coefficient);
  return Math.max(0, sum / pieces);
}

/** Root of the mean square: 0 is silence. */
export function loudness(sound: Int16Array): number {
  let sum = 0;
  for (const sample of sound) sum += sample * sample;
  return sound.length === 0 ? 0 : Math.sqrt(sum / sound.length);
}
