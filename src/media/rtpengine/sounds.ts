import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import { wavHeader } from "../audio/wav-header.ts";
import { countryTone } from "../builtin/country-tones.ts";
import { RTP_CLOCK } from "../codec/codec.ts";
import { linearToAlaw } from "../codec/g711.ts";
import { ToneGenerator } from "../dtmf/tone-generator.ts";
import type { Sound } from "../engine.ts";
import { MAX_BLOB_OCTETS } from "./ng-message.ts";

/** How a sound is named to rtpengine. */
export type ToldSound = { readonly file: string } | { readonly blob: Uint8Array };

/** WAV with A-law (tag 6). */
function alawWav(samples: Uint8Array): Uint8Array {
  const header = wavHeader({ tag: 6, channels: 1, rate: RTP_CLOCK, bits: 8 }, samples.length);
  return Buffer.concat([header, samples, new Uint8Array(samples.length % 2)]);
}

/**
 * What rtpengine is given to play: the files themselves where it reads the same disk, else what fits a datagram. Tones are
 * made once, one round of each, and rtpengine repeats them.
 */
export class Sounds {
  readonly #folder: string;
  readonly #tones = new Map<string, Uint8Array>();
  readonly #files = new Map<string, Promise<Result<string, string>>>();

  /** `folder`: where tones are written; made if it is not there. rtpengine must be able to read it. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An error is a sentence. */
  async told(sound: Sound, country: string, sharesFiles: boolean): Promise<Result<ToldSound, string>> {
    if (sound.kind === "message") {
      return sharesFiles ? ok({ file: `${sound.path}.wav` }) : sent(sound.name, `${sound.path}.alaw`);
    }
    const wav = this.#tone(country, sound.kind);
    if (!sharesFiles) return ok({ blob: wav });
    const name = `tone-${country.toLowerCase().replaceAll(/[^a-z]/g, "_")}-${sound.kind}.wav`;
    let file = this.#files.get(name);
    if (file === undefined) {
      file = this.#write(name, wav);
      this.#files.set(name, file);
    }
    const written = await file;
    if (written.ok) return ok({ file: written.value });
    // The next one tries again.
    this.#files.delete(name);
    return written;
  }

  #tone(country: string, kind: "ringback" | "busy" | "hold"): Uint8Array {
    const key = `${country} ${kind}`;
    let wav = this.#tones.get(key);
    if (wav === undefined) {
      wav = toneWav(country, kind);
      this.#tones.set(key, wav);
    }
    return wav;
  }

  async #write(name: string, wav: Uint8Array): Promise<Result<string, string>> {
    const file = path.resolve(this.#folder, name);
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
      // rtpengine runs as a user of its own.
      await writeFile(file, wav, { mode: 0o644 });
      return ok(file);
    } catch (error) {
      return err(`The tone cannot be written for rtpengine: ${messageOf(error)}.`);
    }
  }
}

/** One round of a country's tone. */
function toneWav(country: string, kind: "ringback" | "busy" | "hold"): Uint8Array {
  const { segments, level } = countryTone(country, kind);
  const ms = segments.reduce((sum, segment) => sum + segment.ms, 0);
  const samples = new Int16Array((ms * RTP_CLOCK) / 1000);
  new ToneGenerator(segments, level, false).write(samples);
  return alawWav(Uint8Array.from(samples, linearToAlaw));
}

async function sent(name: string, file: string): Promise<Result<ToldSound, string>> {
  try {
    const samples = await readFile(file);
    const blob = alawWav(samples);
    if (blob.length <= MAX_BLOB_OCTETS) return ok({ blob });
    const seconds = Math.round(samples.length / 8000);
    return err(
      `Message "${name}" lasts ${seconds} s, and only 8 s can be sent along to an rtpengine on another machine: share the folder of the messages with it.`,
    );
  } catch (error) {
    return err(`Message "${name}" cannot be read: ${messageOf(error)}.`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
