import { readFileSync } from "node:fs";
import { decoder } from "../media/builtin/convert.ts";
import { loudness, strongestFrequencies } from "../media/dtmf/spectrum.ts";
import type { AudioMessage } from "../model/snapshot.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

/** Quieter than this is silence; speech on a telephone is some 1,000 and more. */
const LOUD = 150;
/** Silence that ends what was heard: a speaker's pauses are shorter. */
const GAP_MS = 600;
/** Sound of this length is enough to say what it is. */
const KNOWN_AFTER_MS = 300;
/** One tone, if it makes up this part of the sound. */
const PURE = 0.8;
const FRAME_OCTETS = 160;

/** One thing that was heard, from its first sound to the silence after it. */
interface Span {
  readonly startedAt: number;
  lastLoudAt: number;
  /** How many frames each known message had in it. */
  readonly votes: Map<string, number>;
  readonly sound: number[];
  told: string | undefined;
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
    const now = this.#clock.now();
    this.#span ??= { startedAt: now, lastLoudAt: now, votes: new Map(), sound: [], told: undefined };
    const span = this.#span;
    span.lastLoudAt = now;
    const name = this.#frames.get(Buffer.from(payload).toString("latin1"));
    if (name !== undefined) span.votes.set(name, (span.votes.get(name) ?? 0) + 1);
    if (span.told === undefined) span.sound.push(...sound);
    if (span.told === undefined && now - span.startedAt >= KNOWN_AFTER_MS) this.#tell(span);
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

  #tell(span: Span): void {
    this.#count += 1;
    span.told = this.#what(span);
    this.#onHeard(span.told);
    this.#look();
  }

  #what({ votes, sound }: Span): string {
    const [best] = [...votes].sort(([, a], [, b]) => b - a);
    if (best !== undefined && best[1] >= 5) return `the message "${best[0]}"`;
    const samples = Int16Array.from(sound);
    const [tone] = strongestFrequencies(samples, 1);
    const pure = tone !== undefined && tone.amplitude / Math.SQRT2 >= PURE * loudness(samples);
    return pure ? `a tone of ${tone.hz} Hz` : "some sound";
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
    if (span.told === undefined) this.#tell(span);
    this.#span = undefined;
    this.#look();
  }
}
