import type { AnswerOf } from "../../src/api/contract/route.ts";
import type { sessionRoutes } from "../../src/api/contract/session.ts";
import { firstLanguage } from "./i18n/language.ts";
import { loadWords } from "./i18n/word-files.ts";
import { askEarly } from "./lib/early.ts";

// The first page of a visit (docs/adr/0133): what it will need is asked for at once, by a program of a few lines, while the one that
// shows it is still being fetched. All of it would be asked for later just the same; here is only what is likely, and nothing waits for it.

const API = "/api/v1";

type Session = AnswerOf<typeof sessionRoutes.get>;

/** A page that visits begin with. */
interface FirstPage {
  readonly words: string;
  readonly load: () => Promise<unknown>;
  /** What it asks of the server when somebody is signed in, besides what the menu asks. */
  readonly asks: readonly string[];
}

const HOME: FirstPage = {
  words: "home",
  load: () => import("./features/home/page.tsx"),
  asks: ["/calls?limit=6", "/phones/status"],
};
const LOGIN: FirstPage = {
  words: "signin",
  load: () => import("./features/signin/login-page.tsx"),
  asks: [],
};
const PAGES: Readonly<Record<string, FirstPage | undefined>> = { "/": HOME, "/login": LOGIN };

/** Begins with what the page at this path needs. A fault is said by whoever asks for the same again. */
export function beginFirst(path: string): void {
  const page = PAGES[path];
  const session = askEarly(`${API}/session`);
  const language = firstLanguage();
  void loadWords(language, "shell").catch(ignored);
  if (page !== undefined) begin(page, language);
  session
    .then((response) => (response.ok ? (response.clone().json() as Promise<Session>) : undefined))
    .then((answer) => {
      if (answer?.signedIn === true)
        for (const ask of ["/home", ...(page?.asks ?? [])]) askEarly(API + ask).catch(ignored);
      else if (answer?.needsSetup === false && page !== LOGIN) begin(LOGIN, language);
    })
    .catch(ignored);
}

function begin(page: FirstPage, language: string): void {
  void page.load().catch(ignored);
  void loadWords(language, page.words).catch(ignored);
}

function ignored(): void {}
