import { saying, type Why, wordsOf } from "../lib/said.ts";

interface Guesses {
  readonly wrong: number;
  /** Where the last one came from, or for whom it was. */
  readonly latest: string;
}

const ONLY_GUESSES = "from now on few are. Phones that have proved their password are not affected.";

/** What is told of phones and trunks besides what the stack says (sip/words.ts) and what happens in calls (model/story-words.ts). */
export const boardWords = {
  "place.busy": ({ answer, seconds }: { readonly answer: string; readonly seconds: number }) =>
    `${answer}, again in ${seconds} s`,
  "place.noWay": () => "no connection is possible",
  "trunk.noAnswer": ({ why }: { readonly why: Why }) => `no answer: ${wordsOf(why)}`,
  "trunk.noneTook": ({ tried, known }: { readonly tried: number; readonly known: number }) =>
    tried < known
      ? `none of ${tried} of its ${known} addresses took the call, and no more are tried for one call`
      : `none of its ${known} addresses took the call`,
  "login.meant": ({ one, other }: { readonly one: string; readonly other: string }) =>
    other === "" ? `Did you mean ${one}?` : `Did you mean ${one} or ${other}?`,
  "slowed.account": ({ phone, latest, wrong }: Guesses & { readonly phone: string }) =>
    `Wrong passwords for phone "${phone}" (last from ${latest}): ${wrong} were looked at; ${ONLY_GUESSES}`,
  "slowed.source": ({ source, latest, wrong }: Guesses & { readonly source: string }) =>
    `Wrong passwords from ${source} (last for "${latest}"): ${wrong} were looked at; ${ONLY_GUESSES}`,
  "banned.flood": () => "It sent more than any phone can, and nobody who is registered shares the address.",
} as const;

/** A sentence of this room as a value. */
export const boardSaid = saying(boardWords);
