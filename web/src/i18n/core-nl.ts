// Labels, helps and choices of the documents' own schemas in Dutch, by their English; core-nl.test.ts holds the two together. What is
// the same in both languages stands in SAME.

/** Names of protocols and forms of numbers. */
export const SAME: readonly string[] = [
  "+31501234567",
  "31501234567",
  "From",
  "P-Asserted-Identity",
  "Remote-Party-ID",
  "P-Preferred-Identity",
  "Account",
];

const PHONES = {
  Extension: "Toestelnummer",
  "The phone's internal number: others dial it, and it is the user name of its login.":
    "Het interne nummer van het toestel: anderen bellen het, en het is de gebruikersnaam waarmee het zich aanmeldt.",
  Name: "Naam",
  "Shown to the phone's user and to those it calls.":
    "Te zien voor wie het toestel gebruikt en voor wie ermee gebeld wordt.",
  Password: "Wachtwoord",
  "What the phone logs in with. Left out or `***`: the stored one is kept.":
    "Waarmee het toestel zich aanmeldt. Weggelaten of `***`: het opgeslagen wachtwoord blijft.",
  Sound: "Geluid",
  "Past us, through us, or as the call needs it.":
    "Buiten ons om, door ons heen, of zoals het gesprek het nodig heeft.",
  "As the call needs it": "Zoals het gesprek het nodig heeft",
  "Past us": "Buiten ons om",
  "Through us": "Door ons heen",
  "The group's internal number, which phones can dial.":
    "Het interne nummer van de groep, dat toestellen kunnen bellen.",
  "What the group is called.": "Hoe de groep heet.",
  Members: "Leden",
  "The phones that ring, by their extensions; in order, the first rings first.":
    "De toestellen die overgaan, met hun toestelnummer; op volgorde gaat het eerste als eerste over.",
  Ring: "Overgaan",
  "All members at once, or one after the other. `smart` (who spoke with this caller last) is not available yet.":
    "Alle leden tegelijk, of na elkaar. `smart` (wie deze beller het laatst sprak) is er nog niet.",
  "All at once": "Allemaal tegelijk",
  "In order": "Op volgorde",
  Smart: "Slim",
};

const TRUNKS = {
  "What the trunk is called.": "Hoe de trunk heet.",
  Kind: "Soort",
  "A peer is known by its addresses; a registration logs in at the provider.":
    "Een peer kennen we aan zijn adressen; een registratie meldt zich aan bij de provider.",
  "Peer (fixed addresses)": "Peer (vaste adressen)",
  "Registration (we log in)": "Registratie (wij melden ons aan)",
  Hosts: "Hosts",
  "Where calls go: SIP addresses without a user, tried in this order.":
    "Waar gesprekken heen gaan: SIP-adressen zonder gebruiker, in deze volgorde geprobeerd.",
  "Accept calls from": "Neem gesprekken aan van",
  "Networks whose calls come from this trunk, without a password.":
    "Netwerken waarvan gesprekken van deze trunk komen, zonder wachtwoord.",
  "Number format": "Schrijfwijze van nummers",
  "How the trunk writes numbers.": "Hoe de trunk nummers schrijft.",
  "0501234567 (national)": "0501234567 (nationaal)",
  "Caller ID": "Nummerweergave",
  "Where the trunk is told who calls.": "Waar de trunk te horen krijgt wie er belt.",
  "User of the registered address, or the whole of it; left out: the user name of the credentials.":
    "Gebruiker van het geregistreerde adres, of het hele adres; weggelaten: de gebruikersnaam van de inloggegevens.",
  "Outbound proxy": "Uitgaande proxy",
  "All requests go there, whatever host they name.":
    "Alle verzoeken gaan daarheen, welke host er ook in staat.",
  "User in From": "Gebruiker in From",
  "What stands before the @ of our own address.": "Wat voor de @ van ons eigen adres staat.",
  "Domain in From": "Domein in From",
  "What stands after the @ of our own address.": "Wat na de @ van ons eigen adres staat.",
  "User in Contact": "Gebruiker in Contact",
  "What stands before the @ of the address at which we want to be called back.":
    "Wat voor de @ staat van het adres waarop we teruggebeld willen worden.",
  "Called number from": "Gebelde nummer uit",
  "Where an INVITE says who was called: auto (the first place with a number of ours), requestUri, to, pCalledPartyId, diversion, or a header field's name behind `header`.":
    "Waar een INVITE zegt wie er gebeld werd: auto (de eerste plek met een nummer van ons), requestUri, to, pCalledPartyId, diversion, of de naam van een header na `header`.",
  "Dial plan of its own": "Eigen belplan",
  "All calls of this trunk take this plan, whoever was called.":
    "Alle gesprekken van deze trunk volgen dit belplan, wie er ook gebeld werd.",
  "Write user=phone": "Schrijf user=phone",
  "Beside numbers in SIP addresses (RFC 3261 §19.1.1).": "Bij nummers in SIP-adressen (RFC 3261 §19.1.1).",
  "Probe after": "Vraag na",
  "A peer of which nothing was heard for so long is asked by OPTIONS whether it is there; 0: never. Left out: 50.":
    "Een peer waarvan zo lang niets gehoord is, wordt met OPTIONS gevraagd of hij er is; 0: nooit. Weggelaten: 50.",
  seconds: "seconden",
  Trusted: "Vertrouwd",
  "The provider's word about callers counts, and it may be told who calls although the caller wants privacy (RFC 3325).":
    "Wat de provider over bellers zegt, telt, en hij mag weten wie er belt ook als de beller dat niet wil (RFC 3325).",
  Credentials: "Inloggegevens",
  "For a trunk that registers, and where a provider asks for a password.":
    "Voor een trunk die zich registreert, en waar een provider om een wachtwoord vraagt.",
  "User name": "Gebruikersnaam",
  "As the provider gave it.": "Zoals de provider die gaf.",
  "Left out or `***`: the stored one is kept.": "Weggelaten of `***`: het opgeslagen wachtwoord blijft.",
  "Outbound trunk": "Uitgaande trunk",
  "The trunk that takes calls to outside numbers.": "De trunk die gesprekken naar nummers buiten overneemt.",
};

const COMPANY = {
  Number: "Nummer",
  "A phone number of yours, with + and the country code.":
    "Een telefoonnummer van u, met + en het landnummer.",
  "Dial plan": "Belplan",
  "What calls to this number do. Left out: they are refused with 404 and the reason.":
    "Wat gesprekken voor dit nummer doen. Weggelaten: ze worden geweigerd met 404 en de reden.",
  Home: "Thuis",
  "Where the company is.": "Waar het bedrijf is.",
  Country: "Land",
  "How national numbers are read, such as 020 123 4567.":
    "Hoe nationale nummers gelezen worden, zoals 020 123 4567.",
  "Time zone": "Tijdzone",
  "Its IANA name: in which clock times of the company are meant.":
    "De IANA-naam: in welke tijd kloktijden van het bedrijf bedoeld zijn.",
  Security: "Beveiliging",
  "What calls and webhooks may reach.": "Wat gesprekken en webhooks mogen bereiken.",
  "Networks for webhooks": "Netwerken voor webhooks",
  "Private networks and loopback that webhooks may reach; public addresses they may reach anyhow.":
    "Privénetwerken en loopback die webhooks mogen bereiken; openbare adressen mogen ze altijd.",
  "Countries that may be called": "Landen die gebeld mogen worden",
  "Phones, dial plans and webhooks can call numbers of these countries only; of none: no outside numbers at all.":
    "Toestellen, belplannen en webhooks kunnen alleen nummers van deze landen bellen; zonder land: geen enkel nummer buiten.",
  Retention: "Bewaartermijn",
  "How long things are kept. Left out: as the server was started.":
    "Hoe lang dingen bewaard worden. Weggelaten: zoals de server gestart is.",
  Calls: "Gesprekken",
  "With their story and messages. Older ones are deleted for good, within a minute.":
    "Met hun verhaal en berichten. Oudere worden binnen een minuut voorgoed verwijderd.",
  days: "dagen",
  "Calls to the outside": "Gesprekken naar buiten",
  "How many may leave through trunks. Calls for help never count.":
    "Hoeveel er door trunks naar buiten mogen. Noodoproepen tellen nooit.",
  "Of one phone": "Van één toestel",
  "Calls to the outside that one phone may have at once, forwarded ones included.":
    "Gesprekken naar buiten die één toestel tegelijk mag hebben, doorgestuurde meegeteld.",
  calls: "gesprekken",
  "Of the company": "Van het bedrijf",
  "Calls to the outside that may be up at once, whoever causes them.":
    "Gesprekken naar buiten die tegelijk mogen lopen, wie ze ook veroorzaakt.",
  "New in a minute": "Nieuw per minuut",
  "Calls to the outside that may begin in any 60 seconds.":
    "Gesprekken naar buiten die in 60 seconden mogen beginnen.",
  "Dial plans and webhooks choose it by this name.": "Belplannen en webhooks kiezen het met deze naam.",
  File: "Bestand",
  "A sound file beside the company file: WAV, MP3, OGG, FLAC or M4A. Either this or a text.":
    "Een geluidsbestand naast het bedrijfsbestand: WAV, MP3, OGG, FLAC of M4A. Dit of een tekst.",
  Text: "Tekst",
  "A text that is spoken. Either this or a file.": "Een tekst die uitgesproken wordt. Deze of een bestand.",
  Language: "Taal",
  "In which language the text is spoken.": "In welke taal de tekst uitgesproken wordt.",
};

const WEBHOOKS = {
  "You choose it by this name in the dial plan.": "Met deze naam kiest u hem in het belplan.",
  Description: "Omschrijving",
  "For yourself; it changes nothing.": "Voor uzelf; het verandert niets.",
  "Caller ID forwarding": "Nummer doorgeven",
  "Which number the phone that rings shows.": "Welk nummer het toestel dat overgaat toont.",
  "Caller's number": "Nummer van de beller",
  "Called number": "Gebelde nummer",
  "Suppressed (privacy)": "Onderdrukt (privacy)",
  "URL template": "URL-sjabloon",
  "The address we ask while the call waits. Click a word to put it in.":
    "Het adres dat we vragen terwijl het gesprek wacht. Klik op een woord om het in te vullen.",
  "Time-out": "Tijdslimiet",
  "How long a request may take in all, name look-up, redirects and reply included.":
    "Hoe lang een verzoek in totaal mag duren, met opzoeken van de naam, doorverwijzingen en antwoord.",
  "Follow redirects": "Volg doorverwijzingen",
  "At most three. Switched off, a redirect is a failure.":
    "Hoogstens drie. Uitgeschakeld is een doorverwijzing een mislukking.",
  "Use IVR": "Gebruik IVR",
  "The caller must type a digit code before we ask. The call is answered for it.":
    "De beller moet een cijfercode intoetsen voor we vragen. Het gesprek wordt ervoor aangenomen.",
  Timeout: "Tijd",
  "Time to type the code.": "Tijd om de code in te toetsen.",
  Attempts: "Pogingen",
  "How often the caller may try.": "Hoe vaak de beller het mag proberen.",
  "Code length": "Lengte van de code",
  "Where it is fixed: the last digit completes the code. Left out: # or a pause does.":
    "Als die vast is: het laatste cijfer voltooit de code. Weggelaten: # of een pauze doet dat.",
  digits: "cijfers",
  "Start message": "Startbericht",
  "Played when the caller gets here; a key stops it.":
    "Gespeeld als de beller hier komt; een toets stopt het.",
  "Incorrect message": "Bericht bij een foute code",
  "Played when the webhook says NAK.": "Gespeeld als de webhook NAK zegt.",
  "Timeout message": "Bericht als de tijd om is",
  "Played when no digit came in time.": "Gespeeld als er niet op tijd een cijfer kwam.",
  Method: "Methode",
  "Left out, it is GET. POST sends code, did, callerid, callername and callid as a form body, and so keeps a code out of the receiver's access log.":
    "Weggelaten is het GET. POST stuurt code, did, callerid, callername en callid als formulier, en houdt een code zo uit het logboek van de ontvanger.",
  "GET: in the URL": "GET: in de URL",
  "POST: as a form": "POST: als formulier",
  "Ignore the answer": "Antwoord negeren",
  "The call goes on at once and counts as successful, whatever the receiver says: for services that answer before they run, such as Zapier, Make and n8n.":
    "Het gesprek gaat meteen verder en telt als gelukt, wat de ontvanger ook zegt: voor diensten die antwoorden voordat ze iets doen, zoals Zapier, Make en n8n.",
};

const dutch: Readonly<Record<string, string>> = {
  ...PHONES,
  ...TRUNKS,
  ...COMPANY,
  ...WEBHOOKS,
  ...Object.fromEntries(SAME.map((text) => [text, text])),
};
export default dutch;
