import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Groepen",
  new: "Nieuwe groep",
  search: "Groepen zoeken",
  empty: "Een groep laat meer toestellen voor één nummer overgaan: allemaal tegelijk, of na elkaar.",
  usedIn: "gebruikt in",
  strategy: { all: "allemaal tegelijk", inOrder: "na elkaar", smart: "slim, nog niet beschikbaar" },
  members_one: "{{count}} toestel",
  members_other: "{{count}} toestellen",
};
export default nl;
