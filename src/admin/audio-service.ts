import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AudioPorts, SentFile, UploadOutcome } from "../api/ports.ts";
import { audioFolder, defaultPromptPath } from "../company/audio-paths.ts";
import { err, type Result } from "../lib/result.ts";
import { LIMITS } from "../media/audio/converted.ts";
import { tooLarge } from "../media/audio/import.ts";
import { createSpeech } from "../media/audio/speech.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { Clock } from "../runtime/clock.ts";
import type { AudioSource } from "./apply-audio.ts";
import { unusable } from "./apply-audio.ts";
import { AudioLibrary } from "./audio-library.ts";
import { listMessages } from "./change-audio.ts";
import { noRoom } from "./edit-refusal.ts";
import type { JobPlace } from "./jobs.ts";

/**
 * Sound that no configuration refers to any more is kept this long: a call keeps the configuration that it began with,
 * and the longest call (--max-call-minutes) takes seven days.
 */
const KEEP_MS = 8 * 86_400_000;
/** Hears how far an upload has come, in octets, or a text, in steps. */
type Progress = (sentence: string, place: JobPlace) => void;

/** A text waits for its turn, is spoken, and converted. */
const SPEECH_STEPS = 3;

/** Uploads that wait on disk for their conversion, 20 MiB each; the next one is told to come again. */
const MAX_UPLOADS = 8;

/** The library of a data folder with the speech that the settings name. */
export function openLibrary(dataDir: string, speechCommand: string | undefined, clock: Clock): AudioLibrary {
  // Absolute, since paths to it go to another thread and to another program.
  return new AudioLibrary(resolve(audioFolder(dataDir)), createSpeech(speechCommand, clock), clock);
}

/** What the control thread does with sound: takes uploads, and removes what is out of use. */
export class AudioService {
  readonly library: AudioLibrary;
  readonly #clock: Clock;
  #uploads = 0;
  /** What the newest configuration refers to. */
  #current: ReadonlySet<string> = new Set();
  /** When something was last in force (ms since the epoch). */
  readonly #left = new Map<string, number>();

  /** `again`: a thread before this one has died; what it had published is not known, and may be in use. */
  constructor(library: AudioLibrary, clock: Clock, again: boolean) {
    this.library = library;
    this.#clock = clock;
    if (again) for (const content of library.contents()) this.#left.set(content, clock.wall());
  }

  /** This configuration is in force from now on. */
  published(entities: Entities): void {
    for (const content of this.#current) this.#left.set(content, this.#clock.wall());
    this.#current = new Set(
      entities.all("audioMessage").flatMap(({ document }) => document.sound?.content ?? []),
    );
  }

  /** Removes what no configuration in force can refer to, nor a message of the trash (`trashed`); says how many files. */
  sweep(trashed: ReadonlySet<string>): number {
    const before = this.#clock.wall() - KEEP_MS;
    for (const [content, at] of this.#left) if (at < before) this.#left.delete(content);
    return this.library.sweep(
      (content) => this.#current.has(content) || this.#left.has(content) || trashed.has(content),
    );
  }

  /** The part of the API that changes no configuration. */
  ports(stored: () => Entities): Omit<AudioPorts, "set" | "remove" | "upload" | "speak"> & {
    speak(text: string, language: string, progress: Progress): Promise<Result<StoredAudio, string>>;
    upload(body: AsyncIterable<Uint8Array>, file: SentFile, progress: Progress): Promise<UploadOutcome>;
  } {
    return {
      list: async () => listMessages(stored(), promptDuration),
      find: (content) => this.library.find(content),
      hear: (content) =>
        this.library.find(content) === undefined ? undefined : this.library.path(content, "wav"),
      upload: (body, file, progress) => this.#upload(body, file, progress),
      speak: (text, language, progress) => {
        progress("Waiting for other sound.", { done: 0, of: SPEECH_STEPS });
        return this.library.addSpeech(text, language, (step) =>
          step === "speak"
            ? progress("Speaking the text.", { done: 1, of: SPEECH_STEPS })
            : progress("Converting what was spoken.", { done: 2, of: SPEECH_STEPS }),
        );
      },
      wav: async (name) => {
        const prompt = defaultPromptPath(name);
        if (prompt !== undefined) return `${prompt.path}.wav`;
        const message = stored().get("audioMessage", name)?.document;
        return message?.sound === undefined ? undefined : this.library.path(message.sound.content, "wav");
      },
    };
  }

  /** Octets go to a file first: who sends slowly holds no memory. */
  async #upload(
    body: AsyncIterable<Uint8Array>,
    { name: file, length: of = 0 }: SentFile,
    progress: Progress,
  ): Promise<UploadOutcome> {
    if (this.#uploads >= MAX_UPLOADS) return { type: "busy" };
    this.#uploads += 1;
    const path = this.library.uploadPath();
    try {
      let length = 0;
      await pipeline(
        body,
        async function* limit(chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            length += chunk.length;
            if (length > LIMITS.bytes) return;
            progress(`Receiving ${file}.`, { done: length, of });
            yield chunk;
          }
        },
        createWriteStream(path, { flags: "wx", mode: 0o600 }),
      );
      if (length > LIMITS.bytes) return { type: "tooLarge", sentence: tooLarge(file) };
      progress(`Converting ${file}.`, { done: length, of: length });
      const added = await this.library.add({ path }, file);
      if (added.ok) return { type: "taken", content: added.value };
      return { type: "refused", sentence: added.error };
    } catch (error) {
      const full = noRoom(error);
      if (full === undefined) throw error;
      return { type: "diskFull", sentence: full.detail };
    } finally {
      this.#uploads -= 1;
      await rm(path, { force: true });
    }
  }
}

function promptDuration(name: string): number | undefined {
  return defaultPromptPath(name)?.durationMs;
}

/** Sound that was sent before the apply, by the name of its message; nothing is read that a client names. */
export function sentSource(library: AudioLibrary, sent: Readonly<Record<string, string>>): AudioSource {
  const find = (name: string): StoredAudio | undefined => {
    const content = Object.hasOwn(sent, name) ? sent[name] : undefined;
    return content === undefined ? undefined : library.find(content);
  };
  return {
    file: async (message, file) => {
      const audio = find(message.name);
      if (audio !== undefined) return { ok: true, value: audio };
      const sentence = `The sound of ${file} was not sent, and none is stored for it. Run switchhook apply where the file is, or send it to /api/v1/audio/content first.`;
      return err({ type: "absent", sentence });
    },
    text: async (message, text, language) => {
      const audio = find(message.name);
      return audio === undefined
        ? unusable(await library.addSpeech(text, language))
        : { ok: true, value: audio };
    },
  };
}
