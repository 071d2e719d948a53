import { named, type Sentences, text } from "./sentence-parts.ts";

// What is said of connections, registrations and logins, in Dutch: by the codes of docs/reference/network.md.

const NOT_TRUSTED = "dat hier niet vertrouwd wordt; noem de uitgever met --tls-ca";
const UNTRUSTED_ISSUER = "die hier niet vertrouwd wordt; noem hem met --tls-ca";

const whose = (name: unknown): string => (text(name) === "" ? "het account" : named(name));

const FLOWS: Sentences = {
  "flow.refused": () => "verbinding geweigerd",
  "flow.reset": () => "verbinding verbroken door de andere kant",
  "flow.timedOut": () => "geen antwoord op de verbinding",
  "flow.noRouteToHost": () => "er is geen weg naar die machine",
  "flow.noRouteToNetwork": () => "er is geen weg naar dat netwerk",
  "flow.tooLarge": () => "te groot voor één datagram",
  "flow.bufferFull": () => "de zendbuffer is vol",
  "flow.notOurAddress": () => "deze machine heeft dat adres niet",
  "flow.notAllowed": () => "het systeem staat niet toe daarheen te zenden",
  "flow.wrongListener": () => "dat adres is vanaf deze listener niet te bereiken",
  "flow.failed": ({ said, code }) => (text(code) === "" ? text(said) : `${text(said)} (${text(code)})`),
  "flow.peerEnded": () => "de andere kant sloot de verbinding",
  "flow.closed": () => "de verbinding is gesloten",
  "flow.peersClosed": () => "de verbinding van de andere kant is gesloten",
  "flow.requestsClosed": () => "de verbinding waarover het verzoek kwam is gesloten",
  "flow.notRead": () => "de andere kant leest niet",
  "flow.tooMuchWaits": () => "er wacht te veel op de verbinding",
  "flow.banned": () => "de afzender is verbannen",
  "flow.tooManyPieces": () => "te veel stukken van een bericht",
  "flow.tooManyKeepAlives": () => "te veel keep-alives",
  "flow.noMessage": () => "de andere kant stuurde iets dat geen SIP-bericht is",
  "flow.notConnected": () => "geen verbinding binnen de tijd",
  "flow.messageTooSlow": () => "geen heel bericht binnen de tijd",
  "flow.deaf": () => "de andere kant beantwoordt geen keep-alives meer",
  "flow.silent": () => "er komt niets meer van de andere kant",
  "flow.idle": () => "er werd lang niets gezonden",
  "flow.placeNeeded": () => "de plaats is nodig voor een andere verbinding",
  "flow.listenerClosed": () => "de listener is gesloten",
  "flow.untold": () => "de verbinding mislukte zonder dat er een reden bij stond",
};

const TLS: Sentences = {
  "tls.selfSigned": () => `het certificaat van de andere kant is door haarzelf getekend, ${NOT_TRUSTED}`,
  "tls.privateAuthority": () =>
    `het certificaat van de andere kant is van een eigen uitgever, ${UNTRUSTED_ISSUER}`,
  "tls.unknownAuthority": () => `het certificaat van de andere kant is van een uitgever ${UNTRUSTED_ISSUER}`,
  "tls.notSigned": () => "het certificaat van de andere kant is niet getekend door de uitgever die het noemt",
  "tls.expired": () => "het certificaat van de andere kant is verlopen",
  "tls.notYetValid": () => "het certificaat van de andere kant is nog niet geldig",
  "tls.revoked": () => "het certificaat van de andere kant is ingetrokken",
  "tls.notForServers": () => "het certificaat van de andere kant is niet voor servers gemaakt",
  "tls.otherName": ({ name, names }) =>
    `het certificaat van de andere kant is niet voor ${text(name)}, maar voor ${text(names) === "" ? "geen naam" : text(names)}`,
  "tls.none": () => "wat daar antwoordt spreekt geen TLS",
  "tls.peerTooOld": () => "de andere kant heeft geen TLS 1.2 of 1.3",
  "tls.versionNotTaken": () => "de andere kant neemt TLS 1.2 noch TLS 1.3 aan",
  "tls.ourCertificateWanted": () => "de andere kant vraagt een certificaat van ons: geef --tls-cert",
  "tls.oursNotTrusted": () => "de andere kant vertrouwt ons certificaat niet (--tls-cert)",
  "tls.oursNotTaken": () => "de andere kant neemt ons certificaat niet aan (--tls-cert)",
  "tls.oursExpired": () => "de andere kant zegt dat ons certificaat (--tls-cert) verlopen is",
  "tls.nothingInCommon": () => "wij en de andere kant hebben geen TLS-algoritme gemeen",
  "tls.ourKeyTooShort": () => "ons certificaat (--tls-cert) heeft een te korte sleutel",
  "tls.oursOutdated": () => "ons certificaat (--tls-cert) is op een verouderde manier getekend",
  "tls.failed": ({ said }) => `de TLS-verbinding mislukte (${text(said)})`,
};

const CALLS: Sentences = {
  "peer.noAnswer": () => "geen antwoord",
  "peer.noAnswerWithin": ({ place, seconds }) => `geen antwoord van ${text(place)} binnen ${text(seconds)} s`,
  "peer.noAddress": () => "er is geen adres om naar te zenden",
  "peer.nobodyLeft": ({ why, tried }) => `${text(why)}; ${text(tried)}`,
  "peer.cancelled": () => "afgebroken",
  "peer.answerNotTaken": () => "er kwam geen ACK voor het eindantwoord",
  "peer.notAnswered": () => "er werd niet op tijd een eindantwoord gegeven",
  "peer.noPrack": () => "de beller bevestigde een betrouwbaar tussenantwoord niet binnen 32 s (PRACK)",
  "session.noAck": () => "er kwam binnen 32 s geen ACK voor onze 200 OK",
  "session.unknown": () => "de andere kant kent het gesprek niet meer (481)",
  "session.silent": ({ method }) => `de andere kant beantwoordde onze ${text(method)} niet binnen 32 s`,
  "session.expired": () => "de sessietijd liep af: de andere kant ververste het gesprek niet",
};

const REGISTRATION: Sentences = {
  "register.noAddress": ({ host }) =>
    `De naam ${text(host)} leidt naar geen adres dat van hier te bereiken is, of DNS antwoordde niet.`,
  "register.noListener": () => "Geen listener van ons spreekt het transport van de aanbieder.",
  "register.noAnswer": () => "De aanbieder antwoordde niet.",
  "register.notReached": ({ why }) => `De aanbieder kon niet bereikt worden: ${text(why)}.`,
  "register.answered": ({ status, said }) => `De aanbieder antwoordde ${text(status)} ${text(said)}.`,
  "register.dropped": () => "De aanbieder nam de aanmelding aan en liet haar meteen weer vallen.",
  "challenge.again": () => "De andere kant vraagt steeds weer om het wachtwoord.",
  "challenge.otherAddress": () =>
    "Er werd om een wachtwoord gevraagd vanaf een ander adres dan waarheen het verzoek ging; dat wordt niet beantwoord.",
  "challenge.refused": () => "De andere kant weigert de gebruikersnaam of het wachtwoord.",
  "challenge.none": () => "Het antwoord vraagt niet om een wachtwoord.",
  "challenge.missing": () => "De andere kant vraagt om een wachtwoord, maar zegt niet hoe.",
  "challenge.unreadable": ({ why }) =>
    `De vraag naar een wachtwoord kan niet beantwoord worden: ${text(why)}.`,
  "challenge.otherRealm": ({ realm }) =>
    `De andere kant vraagt om een wachtwoord van de realm ${named(realm)}, en dat is niet de ingestelde.`,
};

const LOGINS: Sentences = {
  "login.missing": () =>
    "Er werd geen wachtwoord voor deze installatie gestuurd; de afzender wordt erom gevraagd.",
  "login.staleNonce": ({ name }) =>
    `Het bewijs van het wachtwoord van ${whose(name)} was te oud, voor een ander adres gemaakt of al eens gebruikt; het toestel wordt om een nieuw gevraagd.`,
  "login.malformed": () => "Het kopveld Authorization kan niet gelezen worden.",
  "login.otherUri": ({ name }) =>
    `Het bewijs van het wachtwoord van ${whose(name)} is voor een ander adres gemaakt dan waarheen het verzoek gaat.`,
  "login.blocked": ({ name, address }) =>
    `Er kwamen te veel foute wachtwoorden van ${text(address)} of voor ${whose(name)}; dit is niet bekeken, een volgend wel. Verbeter het wachtwoord in het toestel; “switchhook bans” toont wat vertraagd wordt en heft het op.`,
  "login.wrongPassword": ({ name }) =>
    `Het wachtwoord van ${whose(name)} is fout. Voer het wachtwoord uit de configuratie in.`,
  "login.noPhone": ({ name }) =>
    `Er is geen toestel ${whose(name)}. Voeg het toe aan de configuratie of verbeter de gebruikersnaam in het toestel.`,
  "login.meant": ({ one, other }) =>
    text(other) === "" ? `Bedoelt u ${text(one)}?` : `Bedoelt u ${text(one)} of ${text(other)}?`,
};

const PHONES: Sentences = {
  "phone.unreadable": ({ why }) => `De REGISTER kan niet gelezen worden: ${text(why)}.`,
  "phone.otherExtension": ({ phone }) =>
    `Toestel ${named(phone)} wilde een ander toestelnummer aanmelden. Gebruikersnaam en toestelnummer moeten in het toestel gelijk zijn.`,
  "phone.otherDomain": ({ phone, domain }) =>
    `Toestel ${named(phone)} meldde zich aan bij ${named(domain)}, en dat is geen naam of adres van deze installatie.`,
  "phone.proxyWithoutOutbound": ({ phone }) =>
    `Toestel ${named(phone)} vraagt om outbound (RFC 5626) via een proxy die dat niet doet.`,
  "phone.sipsWithoutTls": ({ phone, transport }) =>
    `Toestel ${named(phone)} meldde een sips:-contact aan over ${text(transport)}, wat alleen TLS kan waarmaken. Zet het toestel op TLS, of zijn contact op sip:.`,
  "phone.tooBrief": ({ phone, seconds }) =>
    `Toestel ${named(phone)} vroeg om een aanmelding van minder dan ${text(seconds)} seconden.`,
  "phone.refused": ({ phone, why }) =>
    `De aanmelding van toestel ${named(phone)} werd geweigerd: ${text(why)}.`,
};

const ONLY_GUESSES =
  "van nu af aan maar weinig. Toestellen die hun wachtwoord bewezen hebben merken er niets van.";

const STATES: Sentences = {
  "place.busy": ({ answer, seconds }) => `${text(answer)}, weer over ${text(seconds)} s`,
  "place.noWay": () => "er is geen verbinding mogelijk",
  "trunk.noAnswer": ({ why }) => `geen antwoord: ${text(why)}`,
  "trunk.noneTook": ({ tried, known }) =>
    tried === known
      ? `geen van zijn ${text(known)} adressen nam het gesprek aan`
      : `geen van ${text(tried)} van zijn ${text(known)} adressen nam het gesprek aan, en meer worden voor één gesprek niet geprobeerd`,
  "slowed.account": ({ phone, latest, wrong }) =>
    `Foute wachtwoorden voor toestel ${named(phone)} (het laatst van ${text(latest)}): ${text(wrong)} zijn bekeken; ${ONLY_GUESSES}`,
  "slowed.source": ({ source, latest, wrong }) =>
    `Foute wachtwoorden van ${text(source)} (het laatst voor ${named(latest)}): ${text(wrong)} zijn bekeken; ${ONLY_GUESSES}`,
  "banned.flood": () =>
    "Het zond meer dan een toestel ooit doet, en niemand die aangemeld is deelt dat adres.",
};

/** By code. */
export const NETWORK: Sentences = {
  ...FLOWS,
  ...TLS,
  ...CALLS,
  ...REGISTRATION,
  ...LOGINS,
  ...PHONES,
  ...STATES,
};
