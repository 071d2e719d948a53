import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Trunks",
  new: "Nieuwe trunk",
  search: "Trunks zoeken",
  empty: "Een trunk is de weg naar uw provider en de buitenwereld, in en uit.",
  usedIn: "gebruikt in",
  outbound: "Gesprekken naar buiten gaan via",
  outboundHelp: "Zonder kan niemand een nummer buiten bellen, alarmnummers ook niet.",
  basics: "Waar hij is",
  calls: "Gesprekken",
  account: "Account",
  more: "Namen, nummers en geluid",
  state: {
    peer: "Gereed",
    peerDown: "Niet bereikbaar",
    registered: "Aangemeld",
    registering: "Meldt zich aan",
    waiting: "Niet aangemeld",
    unregistering: "Meldt zich af",
    stopped: "Gestopt",
    unknown: "Niet bekend",
  },
  answer: "Laatste antwoord {{time}}: {{answer}}",
  triedLast: "Geprobeerd {{time}}: {{answer}}",
  host: "{{host}}: {{answer}}",
  lastIn: "Laatste gesprek binnen {{time}}",
  lastOut: "laatste gesprek naar buiten {{time}}",
  next: "volgende poging {{time}}",
};
export default nl;
