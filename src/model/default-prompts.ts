/** A message that comes with the product. */
export interface DefaultPrompt {
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

/** Names that begin so belong to the product; a company cannot give them to messages of its own. */
export const RESERVED_PREFIXES: readonly string[] = ["en/", "nl/"];

/**
 * What a webhook with a code may say without any recording. tools/make-prompts.ts has made the files in prompts/ from
 * this. `wrong-code` and `no-code` are also played after the last attempt, so they do not ask to try again.
 */
export const DEFAULT_PROMPTS: readonly DefaultPrompt[] = [
  prompt("en", "enter-code", "Please enter your code, followed by the hash key."),
  prompt("en", "wrong-code", "That code is not correct."),
  prompt("en", "no-code", "No code was entered."),
  prompt("en", "goodbye", "Goodbye."),
  prompt("nl", "enter-code", "Toets uw code in, gevolgd door een hekje."),
  prompt("nl", "wrong-code", "Deze code is niet juist."),
  prompt("nl", "no-code", "Er is geen code ingetoetst."),
  prompt("nl", "goodbye", "Tot ziens."),
];

function prompt(language: string, name: string, text: string): DefaultPrompt {
  return { name: `${language}/${name}`, language, text };
}
