import type { DocumentOf } from "../../../../src/model/entities/kinds.ts";
import type { Sound, Words } from "./sound-source.ts";

type Document = DocumentOf<"audioMessage">;

/** What is typed of a message. */
export interface TypedMessage extends Words {
  readonly name: string;
  readonly source: "file" | "text";
  /** Which sound it has: another one is a change as well. The sound itself is not kept over a reload, and nor is this. */
  readonly content: string | undefined;
}

/** A sound that was made while the form is open. */
export interface MadeSound {
  readonly sound: Sound;
  readonly from: File | Words;
  /** The revision of the message that was seen then; 0: there was none. */
  readonly revision: number;
}

/** What a form shows of a message; undefined: a new one. `language`: of those who use the form. */
export function typedOf(document: Document | undefined, language: string): TypedMessage {
  return {
    name: document?.name ?? "",
    source: document?.text === undefined ? "file" : "text",
    text: document?.text ?? "",
    language: document?.language ?? language,
    content: document?.sound?.content,
  };
}

/** What outlives a reload: all but the sound. */
export function withoutSound(typed: TypedMessage): TypedMessage {
  return { ...typed, content: undefined };
}

/** The sound that there is now, and the text of which it was made; without one it came as a file. */
export function soundNow(
  made: MadeSound | undefined,
  document: Document | undefined,
  language: string,
): { readonly sound: Sound | undefined; readonly spoken: Words | undefined } {
  if (made !== undefined)
    return { sound: made.sound, spoken: made.from instanceof File ? undefined : made.from };
  const { text, sound } = document ?? {};
  const isSpoken = text !== undefined && sound !== undefined;
  return { sound, spoken: isSpoken ? { text, language: document?.language ?? language } : undefined };
}

/** What is saved: the message with its sound, by the sound's content. */
export function documentOf(
  { name, source, text, language }: TypedMessage,
  { content }: Sound,
  made: MadeSound | undefined,
  document: Document | undefined,
): Document & { readonly content: string } {
  if (source === "text") return { name: name.trim(), text, language, content };
  const file = made?.from instanceof File ? made.from.name : document?.file;
  return { name: name.trim(), file: file ?? name.trim(), content };
}

/** The name that a message has by its file. */
export function nameOfFile({ name }: File): string {
  return name.replace(/\.[^.]*$/, "");
}
