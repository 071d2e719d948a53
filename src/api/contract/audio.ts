import { z } from "zod";

/** SHA-256 of a sound in lower-case hex: what an upload answers, and what an apply refers to. */
const content = z.string().regex(/^[0-9a-f]{64}$/, "A content is 64 hexadecimal digits.");

/** A message's name; the company file says what names are right. */
const name = z.string().min(1).max(100);

/** A sound that has been converted. */
export const audioContent = z.strictObject({ content, durationMs: z.int() });

export type AudioContent = z.output<typeof audioContent>;

/** Query of `POST /api/v1/audio/content`. */
export const uploadQuery = z.strictObject({
  /** The file's name, which is only ever shown. */
  file: z.string().min(1).max(500).default("The file"),
});

/** Path of `GET /api/v1/audio/content/:content`. */
export const contentParameters = z.strictObject({ content });

/** Query of `POST /api/v1/audio/speech`; the body is the text. */
export const speechQuery = z.strictObject({
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'A language is two letters, for example "en".'),
});

/** Query of everything at `/api/v1/audio/message`. */
export const messageQuery = z.strictObject({ name });

/** Body of `PUT /api/v1/audio/message`: what it is made from, as in the company file, and its sound. */
export const messageBody = z.strictObject({
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
export const audioEntry = z.strictObject({
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
