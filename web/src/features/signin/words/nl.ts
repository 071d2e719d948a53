import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Aanmelden",
  name: "Naam",
  password: "Wachtwoord",
  totp: "Code van uw authenticator",
  totpHelp: "Zes cijfers, elke 30 seconden nieuw.",
  signIn: "Aanmelden",
  or: "of",
  link: {
    title: "Eenmalige link",
    what: "Deze link meldt u één keer aan.",
    use: "Met de link aanmelden",
  },
  openId: {
    wait: "U wordt aangemeld …",
    back: "Terug naar de aanmeldpagina",
    backToYou: "Terug naar uw instellingen",
  },
  setup: {
    title: "Maak de eerste beheerder",
    what: "Wie deze link heeft, wordt beheerder van deze telefooncentrale. Hij werkt één keer.",
    password: "Wachtwoord",
    passwordHelp:
      "Minstens 8 tekens, liever 15. Een paar woorden zijn makkelijk te onthouden en moeilijk te raden.",
    language: "Taal",
    make: "Maken en aanmelden",
    noLink: "Deze pagina heeft de link nodig die de server bij het starten heeft getoond.",
    noLinkHint: "Start de server opnieuw, of voer “switchhook user link” uit: dan komt er een nieuwe.",
    over: "Deze link is gebruikt of te oud. Voer op de server “switchhook user link” uit voor een nieuwe.",
    nameHelp: "Zoals die in het logboek staat bij wat u wijzigt.",
  },
  place: "Gesprekken gaan door, of er nu iemand aangemeld is of niet.",
};
export default nl;
