import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { LIMITS } from "../media/audio/converted.ts";
import { tooLarge } from "../media/audio/import.ts";
import { isSameSource, type StoredAudio, type WrittenMessage } from "../model/entities/audio-message.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { Filed } from "../model/entities/merge.ts";
import type { Problem } from "../model/problem.ts";
import type { AudioLibrary } from "./audio-library.ts";
import type { JobPlace } from "./jobs.ts";

/** A message of the company file. */
export type Message = WrittenMessage;

/** Why there is no sound: it is not where this side can look (what is stored may be kept), or it cannot be used. */
export interface AudioFault {
  readonly type: "absent" | "unusable";
  readonly sentence: string;
}

/** Where the sound of messages comes from: a disk, references to what was sent before, another server. */
export interface AudioSource {
  /** `onConvert`: it is new, and the person who waits should know. */
  file(message: Message, file: string, onConvert: () => void): Promise<Result<StoredAudio, AudioFault>>;
  text(message: Message, text: string, language: string): Promise<Result<StoredAudio, AudioFault>>;
}

/** A sentence for a person who waits. */
export type Progress = (sentence: string, place: JobPlace) => void;

/**
 * Finds or makes the sound of every message: all, or every problem that there is. `known`: what is stored for this
 * message and made from the same; a text that is known is not spoken again, a file only when it has changed.
 */
export async function prepareAudio(
  messages: readonly Message[],
  known: (message: Message) => StoredAudio | undefined,
  source: AudioSource,
  progress: Progress,
): Promise<Result<ReadonlyMap<string, StoredAudio>, Problem[]>> {
  const audio = new Map<string, StoredAudio>();
  const problems: Problem[] = [];
  for (const [index, message] of messages.entries()) {
    const tell = (what: string): void =>
      progress(`Audio message ${message.name} (${index + 1} of ${messages.length}): ${what}`, {
        done: index,
        of: messages.length,
      });
    const made = await prepareOne(message, known(message), source, tell);
    if (made.ok) audio.set(message.name, made.value);
    else {
      const path = ["audioMessages", index, message.file === undefined ? "text" : "file"];
      problems.push({ path, severity: "error", code: "soundNotMade", message: made.error });
    }
  }
  return problems.length > 0 ? err(problems) : ok(audio);
}

async function prepareOne(
  message: Message,
  known: StoredAudio | undefined,
  source: AudioSource,
  tell: (what: string) => void,
): Promise<Result<StoredAudio, string>> {
  const { file, text, language = "en" } = message;
  if (file !== undefined) {
    const made = await source.file(message, file, () => tell(`converting ${file}`));
    if (made.ok) return made;
    // What is not here but is stored for this message and from this file stays, like a password that is ***.
    return made.error.type === "absent" && known !== undefined ? ok(known) : err(made.error.sentence);
  }
  if (known !== undefined) return ok(known);
  tell(`speaking its text (${language})`);
  const made = await source.text(message, text ?? "", language);
  return made.ok ? made : err(made.error.sentence);
}

/** The names under which a message may be stored: its own, then the one that the file says it had. */
export function storedNames({ name }: Message, was: Filed["was"]): readonly string[] {
  const former = was.get(`audioMessage ${name}`);
  return former === undefined ? [name] : [name, former];
}

/** What is stored for a message, under its name or its former one, from the same source, where its files are still there. */
export function knownIn(
  stored: Entities,
  was: Filed["was"],
  library: Pick<AudioLibrary, "find">,
): (message: Message) => StoredAudio | undefined {
  return (message) => {
    const [old] = storedNames(message, was).flatMap(
      (name) => stored.get("audioMessage", name)?.document ?? [],
    );
    if (old?.sound === undefined || !isSameSource(old, message)) return undefined;
    return library.find(old.sound.content);
  };
}

/** Sound from the disk of the person who applies; files are relative to `folder`, that of the company file. */
export function diskSource(folder: string, library: AudioLibrary): AudioSource {
  return {
    async file(_message, file, onConvert) {
      const bytes = await readSound(resolve(folder, file), file);
      if (!bytes.ok) return bytes;
      return unusable(await library.add(bytes.value, file, onConvert));
    },
    text: async (_message, text, language) => unusable(await library.addSpeech(text, language)),
  };
}

/** Marks a sentence of the library as final. */
export function unusable<T>(result: Result<T, string>): Result<T, AudioFault> {
  return result.ok ? result : err({ type: "unusable", sentence: result.error });
}

/** Reads a sound file that is at most as large as may be; `file` is the name that is shown. */
export async function readSound(path: string, file: string): Promise<Result<Uint8Array, AudioFault>> {
  const failed = (sentence: string) => err({ type: "unusable" as const, sentence });
  try {
    // Looked at before it is opened: a pipe or a device might never end.
    const facts = await stat(path);
    if (facts.isDirectory()) return failed(`${file} is a folder, not a sound file.`);
    if (!facts.isFile()) return failed(`${file} is not a file.`);
    if (facts.size > LIMITS.bytes) return failed(tooLarge(file));
    return ok(await readFile(path));
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isAbsent) return err({ type: "absent", sentence: `There is no file ${path}.` });
    return failed(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
