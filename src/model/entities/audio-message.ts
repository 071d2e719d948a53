import { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { DEFAULT_PROMPTS, RESERVED_PREFIXES } from "../default-prompts.ts";
import type { Problem } from "../problem.ts";
import { strictObject } from "../strict-object.ts";
import { name } from "./fields.ts";
import { type EntityKind, type ListPlace, noSecrets, problem, seenByName } from "./kind.ts";

const shape = {
  name: field(name, {
    label: "Name",
    help: "Dial plans and webhooks choose it by this name.",
    example: "welcome",
  }),
  file: field(z.string().min(1).max(500).optional(), {
    label: "File",
    help: "A sound file beside the company file: WAV, MP3, OGG, FLAC or M4A. Either this or a text.",
    example: "sounds/welcome.wav",
  }),
  text: field(z.string().min(1).max(2000).optional(), {
    label: "Text",
    help: "A text that is spoken. Either this or a file.",
    as: "multiline",
    example: "Welcome. One moment, please.",
  }),
  language: field(
    z
      .string()
      .regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'A language is two letters, for example "en".')
      .optional(),
    { label: "Language", help: "In which language the text is spoken.", example: "en" },
  ),
};

const hasOneSource = (message: { readonly file?: unknown; readonly text?: unknown }): boolean =>
  (message.file === undefined) !== (message.text === undefined);
const oneSource = { error: "An audio message has either a file or a text." };

const schema = strictObject(shape).refine(hasOneSource, oneSource);
const storedSchema = strictObject({
  ...shape,
  sound: strictObject({ content: z.string(), durationMs: z.number() }).optional(),
}).refine(hasOneSource, oneSource);

/** What an audio message was converted to. */
export interface StoredAudio {
  /** SHA-256 (lower-case hex) of the sound it was made from; the converted files have this name. */
  readonly content: string;
  readonly durationMs: number;
}

/** An audio message as it is written in the company file. */
export type WrittenMessage = z.output<typeof schema>;

/** The same with what was made of it; the file does not have that. Absent: it was never converted. */
export type AudioMessageDocument = WrittenMessage & { readonly sound?: StoredAudio | undefined };

export const audioMessage: EntityKind<"audioMessage", AudioMessageDocument, ListPlace<"audioMessages">> = {
  kind: "audioMessage",
  noun: "audio message",
  place: { type: "list", key: "audioMessages", most: 1000 },
  schema,
  storedSchema,
  written: ({ sound: _sound, ...document }) => document,
  key: (document) => document.name,
  keyField: "name",
  keySpace: "Audio message",
  builtIn: DEFAULT_PROMPTS.map((prompt) => prompt.name),
  references: () => [],
  seen: seenByName,
  check(document) {
    const problems: Problem[] = [];
    const prefix = RESERVED_PREFIXES.find((reserved) => document.name.startsWith(reserved));
    if (prefix !== undefined) {
      const sentence = `Names that begin with "${prefix}" belong to the messages that come with Switchhook. Give this one another name.`;
      problems.push(problem(["name"], "reservedName", sentence));
    }
    if (document.text !== undefined && document.language === undefined) {
      const sentence =
        "Say in which language this text is to be spoken: language: en, or nl, or another one.";
      problems.push(problem([], "noLanguage", sentence));
    }
    return problems;
  },
  secrets: {
    ...noSecrets,
    // What was made of the same source; nobody writes that.
    kept: (document, stored) =>
      stored?.sound !== undefined && isSameSource(document, stored)
        ? { sound: stored.sound, ...document }
        : document,
  },
  project: {
    part: "audioMessages",
    entry({ name: own, sound }, { soundPath }) {
      if (sound === undefined) return undefined;
      const value = { name: own, path: soundPath(sound.content), durationMs: sound.durationMs };
      return { part: "audioMessages", key: own, value };
    },
  },
};

/** Whether two messages are made from the same. */
export function isSameSource(
  one: Omit<WrittenMessage, "name">,
  other: Omit<WrittenMessage, "name">,
): boolean {
  return one.file === other.file && one.text === other.text && one.language === other.language;
}
