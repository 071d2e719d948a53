import { readFileSync } from "node:fs";
import { decoder } from "../media/builtin/convert.ts";
import { loudness, strongestFrequencies } from "../media/dtmf/spectrum.ts";
import type { AudioMessage } from "../model/snapshot.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

/** Quieter than this is silence; speech on a telephone is some 1,000 and more. */
const LOUD = 150;
/** Silence that ends what was heard: a speaker's pauses are shorter. */
const GAP_MS = 600;
/** Frames of 20 ms that are enough to say what is heard. */
const WINDOW_FRAMES = 15;
/** Frames of one message among them that make it this message. */
const VOTES = 5;
/** Tones this near to each other are one tone. */
const SAME_TONE_HZ = 10;
/** One tone, if it makes up this part of the sound. */
const PURE = 0.8;
const FRAME_OCTETS = 160;
/** 50 ms. */
const TONE_SAMPLES = 400;

type Heard =
  | { readonly kind: "message"; readonly name: string }
  | { readonly kind: "tone"; readonly hz: number }
  | { readonly kind: "sound" };

/** One thing that is heard, from its first sound until the silence after it or the next thing. */
interface Span {
  lastLoudAt: number;
  heard: Heard | undefined;
  /** How many frames each known message has had in the present window. */
  votes: Map<string, number>;
  frames: number;
  sound: number[];
}

/**
 * Listens as the demo's caller does, and puts into words what it hears: one of our own messages, known by its very octets
 * (A-law is passed on untouched), a tone with its frequency, or some other sound.
 */
export class Ear {
  readonly #clock: Clock;
  readonly #frames = new Map<string, string>();
  readonly #onHeard: (what: string) => void;
  readonly #decode = decoder("PCMA");
  readonly #waiting = new Set<() => void>();
  #span: Span | undefined;
  #count = 0;
  #closed = false;
  #timer: Timer | undefined;

  constructor(clock: Clock, messages: Iterable<AudioMessage>, onHeard: (what: string) => void) {
    this.#clock = clock;
    this.#onHeard = onHeard;
    for (const { name, path } of messages) this.#learn(name, readFileSync(`${path}.alaw`));
  }

  /** A packet of A-law. */
  put(payload: Uint8Array): void {
    const sound = new Int16Array(payload.length);
    this.#decode(payload, sound);
    if (loudness(sound) < LOUD) return;
    const span = (this.#span ??= newSpan());
    span.lastLoudAt = this.#clock.now();
    const name = this.#frames.get(Buffer.from(payload).toString("latin1"));
    if (name !== undefined) span.votes.set(name, (span.votes.get(name) ?? 0) + 1);
    span.sound.push(...sound);
    span.frames += 1;
    if (span.frames >= WINDOW_FRAMES) this.#judge(span);
    this.#timer ??= this.#clock.after(GAP_MS, () => this.#lookForSilence());
  }

  /** How many things have been heard so far, one that goes on included. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when the `number`th thing is known, or after `mostMs`. */
  begun(number: number, mostMs: number): Promise<void> {
    return this.#until(mostMs, () => this.#count >= number);
  }

  /** Resolves when the `number`th thing is over, or after `mostMs`. */
  over(number: number, mostMs: number): Promise<void> {
    return this.#until(
      mostMs,
      () => this.#count > number || (this.#count === number && this.#span === undefined),
    );
  }

  close(): void {
    this.#timer?.cancel();
    this.#closed = true;
    this.#look();
  }

  #until(mostMs: number, isSo: () => boolean): Promise<void> {
    if (isSo() || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(look);
        late.cancel();
        resolve();
      };
      const look = (): void => {
        if (isSo() || this.#closed) done();
      };
      const late = this.#clock.after(mostMs, done);
      this.#waiting.add(look);
    });
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  /** Frames that several messages share, silence above all, tell nothing. */
  #learn(name: string, alaw: Buffer): void {
    for (let at = 0; at + FRAME_OCTETS <= alaw.length; at += FRAME_OCTETS) {
      const frame = alaw.toString("latin1", at, at + FRAME_OCTETS);
      this.#frames.set(frame, name);
    }
  }

  /** What the last window was; something new is told. */
  #judge(span: Span): void {
    const heard = judge(span);
    span.votes = new Map();
    span.sound = [];
    span.frames = 0;
    if (span.heard !== undefined && !isNew(heard, span.heard)) return;
    span.heard = heard;
    this.#count += 1;
    this.#onHeard(inWords(heard));
    this.#look();
  }

  #lookForSilence(): void {
    this.#timer = undefined;
    const span = this.#span;
    if (span === undefined) return;
    const silentFor = this.#clock.now() - span.lastLoudAt;
    if (silentFor < GAP_MS) {
      this.#timer = this.#clock.after(GAP_MS - silentFor, () => this.#lookForSilence());
      return;
    }
    if (span.heard === undefined) this.#judge(span);
    this.#span = undefined;
    this.#look();
  }
}

function newSpan(): Span {
  return { lastLoudAt: 0, heard: undefined, votes: new Map(), frames: 0, sound: [] };
}

function judge({ votes, sound }: Span): Heard {
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  if (best !== undefined && best[1] >= VOTES) return { kind: "message", name: best[0] };
  // Two short pieces from the middle: no tone is faded in there, and none falls between two of the frequencies looked for.
  const middle = Math.floor(sound.length / 2);
  const before = toneIn(sound.slice(Math.max(0, middle - TONE_SAMPLES), middle));
  const hz = toneIn(sound.slice(middle, middle + TONE_SAMPLES));
  // Where one tone follows another, a piece may have both, and so a frequency that nobody sends.
  return hz === undefined || hz !== before ? { kind: "sound" } : { kind: "tone", hz };
}

/** The frequency that this is, if it is one alone. */
function toneIn(sound: readonly number[]): number | undefined {
  const samples = Int16Array.from(sound);
  const [tone] = strongestFrequencies(samples, 1);
  const isPure = tone !== undefined && tone.amplitude / Math.SQRT2 >= PURE * loudness(samples);
  return isPure ? tone.hz : undefined;
}

/** Whether this is another thing than before. A piece that is nothing in particular belongs to what it is in. */
function isNew(heard: Heard, before: Heard): boolean {
  if (heard.kind === "sound") return false;
  if (heard.kind === "message") return before.kind !== "message" || before.name !== heard.name;
  return before.kind !== "tone" || Math.abs(before.hz - heard.hz) > SAME_TONE_HZ;
}

function inWords(heard: Heard): string {
  switch (heard.kind) {
    case "message":
      return `the message "${heard.name}"`;
    case "tone":
      return `a tone of ${heard.hz} Hz`;
    case "sound":
      return "some sound";
  }
}
