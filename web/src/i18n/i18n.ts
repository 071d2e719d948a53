import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";
import { keep } from "../lib/kept.ts";
import { firstLanguage, type Language } from "./language.ts";
import { fetchDutch } from "./use-dutch.ts";
import { loadWords } from "./word-files.ts";

const backend: BackendModule = {
  type: "backend",
  init() {},
  read(language, namespace, done) {
    loadWords(language, namespace).then(
      (words) => done(null, words),
      (error: Error) => done(error, null),
    );
  },
};

let starting: Promise<unknown> | undefined;

/** Resolves when the words of the shell are there; those of a page may be asked for from then on. */
export async function startWords(): Promise<void> {
  await (starting ??= start());
}

function start(): Promise<unknown> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
    if (language === "nl") fetchDutch();
  });
  return i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage(),
      fallbackLng: false,
      ns: ["shell"],
      defaultNS: "shell",
      // Not a turn of the clock later.
      initAsync: false,
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}

export async function chooseLanguage(language: Language): Promise<void> {
  keep("language", language);
  await i18next.changeLanguage(language);
}
