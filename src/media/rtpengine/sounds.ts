import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import { countryTone } from "../builtin/country-tones.ts";
import { type AudioCodec, RTP_CLOCK } from "../codec/codec.ts";
import { linearToAlaw } from "../codec/g711.ts";
import { ToneGenerator } from "../dtmf/tone-generator.ts";
import type { Sound } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { type AuEncoding, auHeader } from "./au.ts";
import { MAX_BLOB_OCTETS } from "./ng-message.ts";

/** How a sound is named to rtpengine. */
export type ToldSound = { readonly file: string } | { readonly blob: Uint8Array };

type ToneKind = "ringback" | "busy" | "hold";

/** A tone is written as often as it fits: it does not begin anew every second, where rtpengine would be late. */
const TONE_MS = { file: 60_000, blob: 7_900 } as const;
/** Messages are written under such names; those of a process before us are taken away. */
const OURS = /^message-.*\.au$/;

/**
 * What rtpengine is given to play: files where it reads the same disk, else what fits a datagram. Each is written once, in
 * the form in which rtpengine sends it evenly; tones are repeated.
 */
export class Sounds {
  readonly #folder: string;
  readonly #files = new Map<string, Promise<Result<string, Said>>>();
  readonly #blobs = new Map<string, Uint8Array>();
  #swept: Promise<void> | undefined;

  /** `folder`: where sounds are written; made if it is not there. rtpengine must be able to read it. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `codec`: what the party speaks. */
  async told(
    sound: Sound,
    country: string,
    codec: AudioCodec,
    sharesFiles: boolean,
  ): Promise<Result<ToldSound, Said>> {
    if (!sharesFiles) {
      return sound.kind === "message"
        ? sent(sound.name, `${sound.path}.alaw`)
        : ok({ blob: this.#toneBlob(country, sound.kind) });
    }
    const written = await (sound.kind === "message"
      ? this.#message(sound.name, sound.path, codec)
      : this.#toneFile(country, sound.kind));
    return written.ok ? ok({ file: written.value }) : written;
  }

  #toneBlob(country: string, kind: ToneKind): Uint8Array {
    const key = `${country} ${kind}`;
    let blob = this.#blobs.get(key);
    if (blob === undefined) {
      blob = toneAu(country, kind, TONE_MS.blob);
      this.#blobs.set(key, blob);
    }
    return blob;
  }

  #toneFile(country: string, kind: ToneKind): Promise<Result<string, Said>> {
    const name = `tone-${country.toLowerCase().replaceAll(/[^a-z]/g, "_")}-${kind}.au`;
    return this.#once(name, async (file) => {
      // rtpengine runs as a user of its own.
      await writeFile(file, toneAu(country, kind, TONE_MS.file), { mode: 0o644 });
    });
  }

  /** What has no file of its own that rtpengine sends evenly, G.722, is converted by it from A-law. */
  async #message(name: string, from: string, codec: AudioCodec): Promise<Result<string, Said>> {
    const encoding: AuEncoding = codec === "PCMU" ? "ulaw" : "alaw";
    const hash = createHash("sha256").update(from).digest("hex").slice(0, 32);
    const key = `message-${hash}-${encoding}.au`;
    const written = await this.#once(key, (file) => writeMessage(`${from}.${encoding}`, file, encoding));
    return written.ok
      ? written
      : err(mediaSaid("rtpengine.messageNotWritten", { message: name, why: written.error }));
  }

  /** Writes a file unless that has been done; one that failed is tried again the next time. */
  async #once(name: string, write: (file: string) => Promise<unknown>): Promise<Result<string, Said>> {
    let written = this.#files.get(name);
    if (written === undefined) {
      written = this.#write(path.resolve(this.#folder, name), write);
      this.#files.set(name, written);
    }
    const done = await written;
    if (!done.ok) this.#files.delete(name);
    return done;
  }

  async #write(file: string, write: (file: string) => Promise<unknown>): Promise<Result<string, Said>> {
    try {
      await this.#sweepOnce();
      await write(file);
      return ok(file);
    } catch (error) {
      return err(mediaSaid("rtpengine.notWritten", { why: messageOf(error) }));
    }
  }

  /** One that failed, as on a disk that was full, is tried again the next time. */
  #sweepOnce(): Promise<void> {
    this.#swept ??= this.#sweep().catch((error: unknown) => {
      this.#swept = undefined;
      throw error;
    });
    return this.#swept;
  }

  async #sweep(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o755 });
    for (const name of await readdir(this.#folder))
      if (OURS.test(name)) await rm(path.join(this.#folder, name), { force: true });
  }
}

/** Piece by piece, and under its name only when it is whole: rtpengine may ask for it at any time. */
async function writeMessage(from: string, file: string, encoding: AuEncoding): Promise<void> {
  const { size } = await stat(from);
  const unfinished = `${file}.new`;
  await writeFile(unfinished, auHeader(encoding, size), { mode: 0o644 });
  await pipeline(createReadStream(from), createWriteStream(unfinished, { flags: "a" }));
  await rename(unfinished, file);
}

/** A country's tone, as many whole rounds as fit this time, one at the least. */
function toneAu(country: string, kind: ToneKind, longestMs: number): Uint8Array {
  const { segments, level } = countryTone(country, kind);
  const ms = segments.reduce((sum, segment) => sum + segment.ms, 0);
  const rounds = Math.max(1, Math.floor(longestMs / ms));
  const samples = new Int16Array((ms * RTP_CLOCK) / 1000);
  new ToneGenerator(segments, level, false).write(samples);
  const round = Uint8Array.from(samples, linearToAlaw);
  const parts = [auHeader("alaw", round.length * rounds), ...new Array<Uint8Array>(rounds).fill(round)];
  return Buffer.concat(parts);
}

async function sent(name: string, file: string): Promise<Result<ToldSound, Said>> {
  try {
    const samples = await readFile(file);
    const blob = Buffer.concat([auHeader("alaw", samples.length), samples]);
    if (blob.length <= MAX_BLOB_OCTETS) return ok({ blob });
    const seconds = Math.round(samples.length / 8000);
    return err(mediaSaid("rtpengine.messageTooLong", { message: name, seconds }));
  } catch (error) {
    return err(mediaSaid("media.unplayable", { message: name, why: messageOf(error) }));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
