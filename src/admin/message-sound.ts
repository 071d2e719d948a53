import { z } from "zod";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { AudioLibrary } from "./audio-library.ts";

/** Of an audio message that somebody sends, what says where its sound comes from. */
const source = z.looseObject({
  content: z.string().max(64).optional(),
  text: z.string().min(1).max(2000).optional(),
  language: z.string().max(5).optional(),
});

/**
 * The sound of an audio message that is to be stored: `content` names what was sent before, and a text is spoken. Undefined:
 * it has none of its own, and keeps what it had. An error is a sentence.
 */
export async function soundOf(
  library: Pick<AudioLibrary, "find" | "addSpeech">,
  document: unknown,
): Promise<Result<StoredAudio | undefined, string>> {
  const read = source.safeParse(document);
  // What is wrong with it is told by those who check the whole.
  if (!read.success) return ok(undefined);
  const { content, text, language } = read.data;
  if (content !== undefined) {
    const found = library.find(content);
    return found === undefined
      ? err("This sound is not here; send it with POST /api/v1/audio/content.")
      : ok(found);
  }
  return text === undefined || language === undefined ? ok(undefined) : library.addSpeech(text, language);
}
