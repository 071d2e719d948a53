import type { Words } from "../../../i18n/words.ts";
import type en from "./en.ts";

const nl: Words<typeof en> = {
  title: "Geluidsberichten",
  new: "Nieuw geluidsbericht",
  search: "Geluidsberichten zoeken",
  empty:
    "Een geluidsbericht is wat bellers horen: een bestand van u, of een tekst die Switchhook uitspreekt.",
  usedIn: "gebruikt in",
  spoken: "uitgesproken tekst",
  file: "bestand",
  own: "Uw berichten",
  builtIn: "Deze horen bij Switchhook",
  source: "Gemaakt van",
  fromFile: "Een geluidsbestand",
  fromText: "Een tekst die wordt uitgesproken",
  text: "Tekst",
  textHelp: "Uitgesproken zodra u het veld verlaat; luister voordat u bewaart.",
  language: "Taal van de tekst",
  drop: "Laat hier een geluidsbestand los, of kies er een",
  dropHelp: "WAV, MP3, FLAC, Ogg Vorbis of Opus; het wordt omgezet in wat toestellen horen.",
  choose: "Bestand kiezen",
  converting: "Omzetten …",
  waiting: "Wacht op ander geluid …",
  speaking: "De tekst wordt uitgesproken …",
  sending: "{{percent}} % is aangekomen …",
  brokenFile:
    "“{{file}}” is niet aangekomen: de verbinding met de server viel onderweg weg. Het bestand is nog gekozen, en wat u typte staat er nog.",
  brokenText:
    "De tekst is niet uitgesproken: de verbinding met de server viel weg. Wat u typte staat er nog.",
  ready: "{{duration}} geluid, zoals toestellen het horen",
  readyLevel: "{{duration}} geluid, zoals toestellen het horen; luidheid {{level}} dB",
  sound: "dit geluid",
  record: {
    start: "Neem het op",
    stop: "Stop ({{time}})",
    file: "opname.wav",
    denied: "De browser gaf geen microfoon: sta die toe voor deze pagina, en kijk of er een is aangesloten.",
    unread: "Wat is opgenomen, kon niet gelezen worden. Probeer het opnieuw.",
    needsHttps:
      "Open deze pagina met https of op de server zelf om hier op te nemen: anders geven browsers geen microfoon.",
  },
  none: "Nog geen geluid",
  name: "Naam",
  nameHelp: "Met deze naam kiest u het in belplannen en webhooks.",
  taken: "Een ander geluidsbericht heeft deze naam. Geef dit een andere naam, of wijzig dat ene.",
  speak: "Spreek de tekst uit",
  needsSound: "Kies eerst een bestand of typ een tekst.",
};
export default nl;
