import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { durationOf, ENDINGS } from "../media/audio/converted.ts";
import { contentId, importAudio } from "../media/audio/import.ts";
import type { Speak } from "../media/audio/speech.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { Clock } from "../runtime/clock.ts";
import { Turns } from "./turns.ts";

/** A file of the library, or a draft of one. */
const FILE = /^([0-9a-f]{64})\.(alaw|ulaw|g722|wav)$/;
const DRAFT = /^\.(draft|upload)-/;
/** Nobody works on a draft for this long; an upload that nobody has referred to by then is forgotten. */
const DRAFT_MS = 3_600_000;

/**
 * The converted messages of an installation, each named by the SHA-256 of the sound that it was made from; so a file
 * never changes, and what is there already is not converted again. The database says which message has which.
 */
export class AudioLibrary {
  readonly folder: string;
  readonly #clock: Clock;
  readonly #speak: Speak;
  /** One conversion at a time: each may take the memory and the processor that a machine has to spare. */
  readonly #turns = new Turns();
  #drafts = 0;

  /** `folder` is made when it is first written to. */
  constructor(folder: string, speak: Speak, clock: Clock) {
    this.folder = folder;
    this.#speak = speak;
    this.#clock = clock;
  }

  /** What is there under this name, whole; the name may be anything. */
  find(content: string): StoredAudio | undefined {
    if (!/^[0-9a-f]{64}$/.test(content)) return undefined;
    const sizes = ENDINGS.map((ending) => sizeOf(this.path(content, ending)));
    const [alaw] = sizes;
    if (alaw === undefined || sizes.includes(undefined)) return undefined;
    return { content, durationMs: durationOf(alaw) };
  }

  path(content: string, ending: (typeof ENDINGS)[number]): string {
    return join(this.folder, `${content}.${ending}`);
  }

  /**
   * Takes a sound file: its octets, or where they wait. `file` is the name that is shown; `onConvert` is called when it
   * is new. An error is a sentence that begins with the name.
   */
  add(
    sound: Uint8Array | { readonly path: string },
    file: string,
    onConvert: () => void = () => {},
  ): Promise<Result<StoredAudio, string>> {
    return this.#turns.take(async () => {
      const bytes = "path" in sound ? await readFile(sound.path) : sound;
      return this.#convert(bytes, file, onConvert);
    });
  }

  /** Has a text spoken; `onStep` hears of each when it begins. An error is a sentence. */
  addSpeech(
    text: string,
    language: string,
    onStep: (step: "speak" | "convert") => void = () => {},
  ): Promise<Result<StoredAudio, string>> {
    return this.#turns.take(async () => {
      onStep("speak");
      const spoken = await this.#speak(text, language);
      if (!spoken.ok) return spoken;
      return this.#convert(spoken.value, "What the speech program gave", () => onStep("convert"));
    });
  }

  /** Everything that is there, in use or not. */
  contents(): ReadonlySet<string> {
    return new Set(listFolder(this.folder).flatMap((name) => FILE.exec(name)?.[1] ?? []));
  }

  /** A path for octets that are on their way in; the caller removes it, and a later `sweep` what he leaves. */
  uploadPath(): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    return this.#draft("upload");
  }

  /** Removes what is not among `kept` and what was begun and left, both older than an hour; says how many files. */
  sweep(kept: (content: string) => boolean): number {
    let removed = 0;
    for (const name of listFolder(this.folder)) {
      const content = FILE.exec(name)?.[1];
      if (content === undefined ? !DRAFT.test(name) : kept(content)) continue;
      const path = join(this.folder, name);
      if (this.#clock.wall() - (modifiedAt(path) ?? 0) < DRAFT_MS) continue;
      rmSync(path, { force: true });
      removed += 1;
    }
    return removed;
  }

  async #convert(
    bytes: Uint8Array,
    file: string,
    onConvert: () => void,
  ): Promise<Result<StoredAudio, string>> {
    const content = contentId(bytes);
    const known = this.find(content);
    if (known !== undefined) {
      this.#touch(content);
      return ok(known);
    }
    onConvert();
    const converted = await importAudio(bytes, file, this.#clock);
    if (!converted.ok) return converted;
    try {
      await this.#write(content, converted.value.files);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return err(`${file} cannot be kept in ${this.folder}: ${reason}.`);
    }
    return ok({ content, durationMs: converted.value.durationMs });
  }

  /** Each file whole or not at all, and on disk with its name when this resolves. */
  async #write(content: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const ending of ENDINGS) {
      const draft = this.#draft("draft");
      const handle = await open(draft, "wx", 0o600);
      try {
        await handle.writeFile(files[ending] ?? new Uint8Array(0));
        await handle.sync();
      } finally {
        await handle.close();
      }
      renameSync(draft, this.path(content, ending));
    }
    const folder = openSync(this.folder, "r");
    fsyncSync(folder);
    closeSync(folder);
  }

  /** As if it were new, so that it is not swept away before somebody refers to it. */
  #touch(content: string): void {
    const now = this.#clock.wall() / 1000;
    for (const ending of ENDINGS) utimesSync(this.path(content, ending), now, now);
  }

  #draft(kind: "draft" | "upload"): string {
    this.#drafts += 1;
    return join(this.folder, `.${kind}-${process.pid}-${this.#clock.wall()}-${this.#drafts}`);
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** Milliseconds since the epoch. */
function modifiedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing was ever converted.
    return [];
  }
}
