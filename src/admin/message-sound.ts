import { z } from "zod";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import {
  type AudioMessageDocument,
  isSameSource,
  type StoredAudio,
} from "../model/entities/audio-message.ts";
import type { AudioLibrary } from "./audio-library.ts";

/** Of an audio message that somebody sends, what says where its sound comes from. */
const source = z.looseObject({
  content: z.string().max(64).optional(),
  file: z.string().optional(),
  text: z.string().min(1).max(2000).optional(),
  language: z.string().max(5).optional(),
});

/**
 * The sound of an audio message that is to be stored, whole, in the place of `stored`: `content` names what was sent before,
 * and a text is spoken that is not spoken yet. Undefined: it keeps what it had, or never had any. An error is a sentence.
 */
export async function soundOf(
  library: Pick<AudioLibrary, "find" | "addSpeech">,
  document: unknown,
  stored: AudioMessageDocument | undefined,
): Promise<Result<StoredAudio | undefined, string>> {
  const read = source.safeParse(document);
  // What is wrong with it is told by those who check the whole.
  if (!read.success) return ok(undefined);
  const { content, file, text, language } = read.data;
  if (content !== undefined) {
    const found = library.find(content);
    return found === undefined
      ? err("This sound is not here; send it with POST /api/v1/audio/content.")
      : ok(found);
  }
  const had = stored?.sound;
  const isSame = stored !== undefined && isSameSource({ file, text, language }, stored);
  if (text === undefined)
    return file === undefined || had === undefined || isSame
      ? ok(undefined)
      : err(
          `The sound of ${file} was not sent: send it with POST /api/v1/audio/content, and what that answers as content.`,
        );
  if (language === undefined || (isSame && had !== undefined && library.find(had.content) !== undefined))
    return ok(undefined);
  return library.addSpeech(text, language);
}
