import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Nummers",
  new: "Nieuw nummer",
  search: "Deel van een nummer, of een plan",
  empty: "Een nummer van u leidt naar een belplan, dat beslist wat er met een gesprek gebeurt.",
  noPlan: "geen plan: gesprekken geweigerd",
  field: {
    number: "Nummer",
    numberHelp: "Zoals u het kiest, of met + en het land.",
    read: "Bewaard als {{number}}",
    many: "Eén per regel voegt er meer tegelijk toe.",
  },
  takes: "Wat er met gesprekken ervoor gebeurt",
  plan: "Belplan",
  added_one: "{{count}} nummer toegevoegd",
  added_other: "{{count}} nummers toegevoegd",
  addedOf_one: "{{count}} nummer toegevoegd; al aanwezig: {{there}}",
  addedOf_other: "{{count}} nummers toegevoegd; al aanwezig: {{there}}",
  paste: "Meer plakken",
  pasteHelp: "Eén nummer per regel, zoals u het kiest.",
  pasteDo_one: "{{count}} nummer toevoegen",
  pasteDo_other: "{{count}} nummers toevoegen",
  unreadable: "Niet te lezen: {{text}}",
};
export default nl;
