import { z } from "zod";
import { type RawContent, route } from "./route.ts";

/** SHA-256 of a sound in lower-case hex: what an upload answers, and what an apply refers to. */
const content = z.string().regex(/^[0-9a-f]{64}$/, "A content is 64 hexadecimal digits.");

/** A message's name; the company file says what names are right. */
const name = z.string().min(1).max(100);

/** A sound that has been converted. */
export const audioContent = z.strictObject({ content, durationMs: z.int() });

export type AudioContent = z.output<typeof audioContent>;

/** Query of `POST /api/v1/audio/content`. */
const uploadQuery = z.strictObject({
  /** The file's name, which is only ever shown. */
  file: z.string().min(1).max(500).default("The file"),
});

/** Path of `GET /api/v1/audio/content/:content`. */
const contentParameters = z.strictObject({ content });

/** Query of `POST /api/v1/audio/speech`; the body is the text. */
const speechQuery = z.strictObject({
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'A language is two letters, for example "en".'),
});

/** Query of everything at `/api/v1/audio/message`. */
const messageQuery = z.strictObject({ name });

/** Body of `PUT /api/v1/audio/message`: what it is made from, as in the company file, and its sound. */
const messageBody = z.strictObject({
  file: z.string().min(1).max(500).optional(),
  text: z.string().min(1).max(2000).optional(),
  language: z.string().max(5).optional(),
  content,
});

/** Body of `PUT /api/v1/company/with-audio`: the file, and what was uploaded for which message. */
export const applyBody = z.strictObject({
  company: z.string(),
  audio: z.record(name, content),
});

/** A message, as lists show it. */
const audioEntry = z.strictObject({
  name,
  /** One of these is there, unless the message comes with the product. */
  file: z.string().optional(),
  text: z.string().optional(),
  language: z.string().optional(),
  /** Absent: it was never converted (stored by a release without sound); applying the company file does it. */
  durationMs: z.int().optional(),
  content: content.optional(),
  /** It comes with the product. */
  builtIn: z.boolean(),
  /** `webhook "VIP code"`. */
  usedBy: z.array(z.string()),
});

export type AudioEntry = z.output<typeof audioEntry>;

/** Answer of `GET /api/v1/audio`. */
export const audioList = z.strictObject({ messages: z.array(audioEntry) });

const WAV = { raw: "octets", contentType: "audio/wav" } as const satisfies RawContent;
/** A sound is at most 20 MiB; what is sent without a length is counted on the way in. */
const SOUND_BYTES = 20 * 1024 * 1024;

const changed = z.strictObject({
  version: z.int(),
  changes: z.array(z.string()),
  warnings: z.array(z.unknown()),
});

export const audioRoutes = {
  list: route({
    id: "audio.list",
    method: "GET",
    path: "/audio",
    summary: "List every audio message: length, source, who plays it",
    role: "viewer",
    answer: audioList,
    problems: [],
  }),
  wav: route({
    id: "audio.wav",
    method: "GET",
    path: "/audio/message",
    summary: "Give an audio message as a WAV file",
    role: "viewer",
    query: messageQuery,
    answer: WAV,
    problems: ["noSuchMessage"],
  }),
  set: route({
    id: "audio.set",
    method: "PUT",
    path: "/audio/message",
    summary: "Add or replace an audio message",
    role: "editor",
    query: messageQuery,
    body: messageBody,
    answer: changed,
    problems: ["notChanged", "notSaved", "diskFull"],
  }),
  remove: route({
    id: "audio.remove",
    method: "DELETE",
    path: "/audio/message",
    summary: "Remove an audio message that nothing plays",
    role: "editor",
    query: messageQuery,
    answer: changed,
    problems: ["notChanged", "notSaved", "diskFull"],
  }),
  find: route({
    id: "audio.find",
    method: "GET",
    path: "/audio/content/:content",
    summary: "Say whether a sound is there already",
    role: "viewer",
    params: contentParameters,
    answer: audioContent,
    problems: ["noSuchSound"],
  }),
  hear: route({
    id: "audio.hear",
    method: "GET",
    path: "/audio/content/:content/wav",
    summary: "Give a sound as a WAV file, also where no message has it yet",
    role: "viewer",
    params: contentParameters,
    answer: WAV,
    problems: ["noSuchSound"],
  }),
  speak: route({
    id: "audio.speak",
    method: "POST",
    path: "/audio/speech",
    summary: "Speak a text",
    role: "editor",
    query: speechQuery,
    body: { raw: "text", contentType: "text/plain; charset=utf-8" },
    answer: audioContent,
    problems: ["nothingToSpeak", "notSpoken"],
  }),
  upload: route({
    id: "audio.upload",
    method: "POST",
    path: "/audio/content",
    summary: "Take a sound file and convert it; the answer's `content` names it",
    role: "editor",
    query: uploadQuery,
    body: { raw: "octets", contentType: "application/octet-stream" },
    bodyLimit: SOUND_BYTES,
    answer: audioContent,
    problems: ["soundTooLarge", "soundUnusable", "busy", "diskFull"],
  }),
} as const;
