import i18next, { type TFunction } from "i18next";
import en from "./words/en.ts";
import nl from "./words/nl.ts";

/** The words of these pages, as tests say them: nothing is fetched. */
export async function wordsIn(language: "en" | "nl"): Promise<TFunction<"calls">> {
  const own = i18next.createInstance();
  const resources = { en: { calls: en }, nl: { calls: nl } };
  await own.init({ lng: language, resources, interpolation: { escapeValue: false } });
  return own.getFixedT(language, "calls");
}
