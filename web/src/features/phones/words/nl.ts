import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Toestellen",
  new: "Nieuw toestel",
  search: "Zoek op toestelnummer of naam",
  empty:
    "Een toestel is een account voor een bureautelefoon, een app of een softphone. Het wordt hier groen zodra het zich aanmeldt.",
  usedIn: "gebruikt in",
  waiting: "Wacht op het toestel",
  registered: "Aangemeld",
  unreachable: "Verbinding gesloten",
  since: "sinds {{time}} van {{address}}",
  device: "{{device}}",
  connect: {
    title: "Instellingen voor in het toestel",
    qr: "QR-code van deze instellingen voor apps die er een lezen",
    qrLabel: "Scan met een app die een SIP-account leest.",
    server: "Server",
    user: "Gebruiker",
    password: "Wachtwoord",
    stored: "bewaard, alleen te zien wanneer het wordt gezet",
    setNew: "Nieuw wachtwoord zetten",
    setNewHelp: "Het toestel moet het nieuwe krijgen: tot dan kan het zich niet aanmelden.",
    once: "Dit wachtwoord is nu te zien en daarna nooit meer. Zet het in het toestel.",
  },
  last: "Laatste poging {{time}} van {{address}}: {{reason}}",
  notGreen: "Na een minuut niet groen?",
  advanced: "Geluid",
};
export default nl;
