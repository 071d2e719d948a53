/** A sound that the server has, by its content, and how long it is. */
export interface Sound {
  readonly content: string;
  readonly durationMs: number;
}

/** A text to be spoken. */
export interface Words {
  readonly text: string;
  readonly language: string;
}

/** Of a message that is being made: where its sound comes from now. */
interface Form extends Words {
  readonly source: "file" | "text";
}

/**
 * What is sent once more where `given` broke off: the same file, but the text as it stands now, as that is what is saved with its sound.
 * Undefined: the form is no longer about it.
 */
export function againOf(given: File | Words, { source, text, language }: Form): File | Words | undefined {
  if (given instanceof File) return source === "file" ? given : undefined;
  return source === "text" && text.trim() !== "" ? { text, language } : undefined;
}

/** Whether a sound is what the form says as it stands. `spoken`: the text of which it was made; undefined: it came as a file. */
export function isSoundOf(spoken: Words | undefined, { source, text, language }: Form): boolean {
  if (source === "file") return spoken === undefined;
  return spoken?.text === text && spoken.language === language;
}

/** Undefined: it comes as a file. */
export function wordsOf(given: File | Words | undefined): Words | undefined {
  return given instanceof File ? undefined : given;
}
