import i18next, { type BackendModule, type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";
import { keep, kept } from "../lib/kept.ts";
import { fetchDutch } from "./use-dutch.ts";

export const LANGUAGES = { en: "English", nl: "Nederlands" } as const;
export type Language = keyof typeof LANGUAGES;

const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text);

// Each namespace and language is a file of its own, loaded when a page first needs it.
const files = import.meta.glob<{ readonly default: ResourceKey }>([
  "../features/*/words/*.ts",
  "../app/words/*.ts",
]);

const backend: BackendModule = {
  type: "backend",
  init() {},
  read(language, namespace, done) {
    const place = namespace === "shell" ? "../app" : `../features/${namespace}`;
    const load = files[`${place}/words/${language}.ts`];
    if (load === undefined) throw new Error(`there are no words "${namespace}" in "${language}"`);
    load().then(
      (file) => done(null, file.default),
      (error: Error) => done(error, null),
    );
  },
};

/** The language that was chosen, else the first one of the browser that we have. */
function firstLanguage(): Language {
  const chosen = kept("language") ?? "";
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

/** Resolves when the words of the shell are there. */
export async function startWords(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
    if (language === "nl") fetchDutch();
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: false,
      ns: ["shell"],
      defaultNS: "shell",
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}

export async function chooseLanguage(language: Language): Promise<void> {
  keep("language", language);
  await i18next.changeLanguage(language);
}
