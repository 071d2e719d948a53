import { kept } from "../lib/kept.ts";

export const LANGUAGES = { en: "English", nl: "Nederlands" } as const;
export type Language = keyof typeof LANGUAGES;

const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text);

/** The language that was chosen, else the first one of the browser that we have. */
export function firstLanguage(): Language {
  const chosen = kept("language") ?? "";
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}
