import { visible } from "../../../src/lib/failure.ts";
import { decimal, named, type Sentences, text, wordIn } from "./sentence-parts.ts";

// What is said of a webhook's reply, or of why there is none, in Dutch: by the codes of docs/reference/replies.md and of http/README.md.

const shown = (value: unknown): string => `\`${visible(text(value))}\``;
const seconds = (ms: unknown): string =>
  ms === 1000 ? "1 seconde" : `${decimal(String(Math.round(Number(ms) / 100) / 10))} seconden`;

/** The line that should have been sent. */
const corrected = (line: unknown): string => (line === undefined ? "" : ` Goed zou zijn: \`${text(line)}\`.`);

/** Of services that run what they were asked for later. */
const LATER =
  "Zo antwoordt een dienst die later uitvoert wat hem gevraagd is: laat de webhook het antwoord negeren (`ignoreAnswer: true`), of laat " +
  "de dienst het antwoord zelf schrijven, met de stap daarvoor (“Webhook response”, “Respond to Webhook”).";

const ADVICE: Readonly<Record<string, string>> = {
  400: "hij begreep het verzoek niet",
  401: "hij wil een gebruikersnaam en wachtwoord; die gaan in de URL, als `user:password@` voor de host",
  403: "hij kent het adres maar laat ons niet binnen: zoek daar naar een firewall, een token of een lijst van adressen",
  404: "op dit adres is niets: vergelijk het pad van de URL, en de hoofdletters erin",
  405: "hij neemt deze methode niet aan: zet `method` van de webhook op de andere, GET of POST",
  410: "wat daar was, is uitgezet of verwijderd: maak de hook opnieuw en neem het adres over",
};

const SEPARATORS = {
  "a semicolon": "een puntkomma",
  "a comma": "een komma",
  "a bar": "een verticale streep",
  "a tab": "een tab",
  "a line end": "een regeleinde",
  "a blank": "een spatie",
  "a question mark": "een vraagteken",
  "an encoded sign": "een gecodeerd teken",
  "a colon": "een dubbele punt",
  "an arrow": "een pijl",
};

const NATURES = {
  "a message of PHP or Python": "een melding van PHP of Python",
  "a comment": "een opmerking",
  text: "tekst",
};

const ANSWERS: Sentences = {
  receiverSaidAck: ({ destination, callerName }) =>
    `De ontvanger antwoordde ACK${destination === undefined ? "" : `, bestemming ${visible(text(destination))}`}${callerName === undefined ? "" : `, naam ${named(callerName)}`}.`,
  receiverSaidNak: ({ destination, callerName }) => {
    const led = destination === undefined ? [] : [`bestemming ${visible(text(destination))}`];
    const came = [...led, ...(callerName === undefined ? [] : [`naam ${named(callerName)}`])].join(", ");
    return `De ontvanger antwoordde NAK: de invoer is niet goed${came === "" ? "" : ` (${came})`}.`;
  },
  webhookGone: ({ webhook }) => `De webhook ${named(webhook)} bestaat niet.`,
  redirectedTo: ({ to }) => `De ontvanger verwees door naar ${text(to)}.`,
};

const FAILS: Sentences = {
  receiverFailed: ({ status }) => `De ontvanger faalde met HTTP ${text(status)}.`,
  receiverBusy: () => "De ontvanger antwoordde HTTP 429: te veel verzoeken.",
  redirectStatus: ({ status }) =>
    `De ontvanger antwoordde HTTP ${text(status)}; alleen HTTP 200 kan een succes zijn.`,
  ackWithErrorStatus: ({ status }) =>
    `Het antwoord zegt status=ACK, maar kwam met HTTP ${text(status)}; een succes komt met HTTP 200.`,
  errorStatus: ({ status }) => {
    const advice = ADVICE[text(status)];
    return `De ontvanger antwoordde HTTP ${text(status)}${advice === undefined ? "" : `: ${advice}`}.`;
  },
  httpToTlsPort: ({ status }) =>
    `De ontvanger antwoordde HTTP ${text(status)}: zijn poort spreekt TLS, dus de URL moet met https:// beginnen.`,
  emptyBody: ({ status }) =>
    `De ontvanger antwoordde HTTP ${text(status)} zonder inhoud; ten minste een \`status\` is nodig.${status === 202 ? ` ${LATER}` : ""}`,
  compressedBody: ({ encoding }) =>
    `Het antwoord is gecomprimeerd (${visible(text(encoding))}), terwijl om een ongecomprimeerd antwoord gevraagd was.`,
  html: ({ correction }) =>
    correction === undefined
      ? "Het antwoord is een webpagina (HTML of XML) in plaats van een regel met een `status`."
      : `Het antwoord is een webpagina (HTML of XML) met ergens een antwoord erin; het antwoord moet alleen staan.${corrected(correction)}`,
  programsNotice: ({ program, quoted, correction }) =>
    `In het antwoord staat een melding van ${text(program)} (${shown(quoted)}). Herstel wat die zegt, en laat ${text(program)} zulke meldingen in een logboek schrijven.${corrected(correction)}`,
  programsSource: ({ program }) =>
    `Het antwoord is de broncode van een ${text(program)}-programma: de webserver stuurt het bestand in plaats van het uit te voeren.`,
  badJson: ({ detail, correction }) =>
    `Het antwoord begint als JSON maar is geen geldige JSON (${text(detail)}).${corrected(correction)}`,
  jsonList: ({ count }) =>
    `Het antwoord is een JSON-lijst van ${text(count)} elementen; het moet één object met een \`status\` zijn.`,
  wrapped: ({ quoted, path, correction }) =>
    `${shown(quoted)} van het antwoord staat binnen ${shown(path)}, waar het niet telt; het moet het antwoord zelf zijn.${corrected(correction)}`,
  catchHook: ({ quoted }) => `De ontvanger antwoordde ${shown(quoted)}. ${LATER}`,
  otherSeparators: ({ separator, quoted, correction }) =>
    `Tussen de delen van het antwoord staat ${wordIn(SEPARATORS, separator)} (${shown(quoted)}); ze moeten met \`&\` verbonden zijn en \`=\` achter de sleutel hebben.${corrected(correction)}`,
  secondLine: ({ quoted }) =>
    `Achter de regel van het antwoord komt meer met een sleutel van een antwoord erin (${shown(quoted)}); het antwoord moet alles zijn wat gestuurd wordt.`,
  twoVerdicts: ({ quoted }) =>
    `Vóór \`status=ACK\` zegt het antwoord iets anders (${shown(quoted)}); een van de twee moet weg.`,
  nearKey: ({ written, meant, correction }) =>
    `Het antwoord heeft ${shown(written)}; bedoelde u \`${text(meant)}\`? Zoals het is zou de waarde verloren gaan, dus mislukt het antwoord.${corrected(correction)}`,
  noStatus: ({ quoted, correction }) =>
    `Het antwoord heeft geen \`status\`, die ACK, NAK of ERR moet zijn${quoted === undefined ? "" : `; het begint met ${shown(quoted)}`}.${corrected(correction)}`,
  unknownStatus: ({ status, correction }) =>
    `De status van het antwoord is ${named(visible(text(status)))}; die moet ACK, NAK of ERR zijn.${corrected(correction)}`,
  steered: ({ placeholder }) =>
    `Het antwoord herhaalt {${text(placeholder)}} zoals het gestuurd werd, en daarvoor staat geen \`status\`; wat erachter staat kan tekst van de beller zijn en telt niet.`,
  receiverSaidErr: () => "De ontvanger antwoordde ERR: daar ging iets mis.",
  badUrl: ({ problem }) => `De URL van de webhook is niet te gebruiken: ${text(problem)}.`,
};

const READ: Sentences = {
  rawPlus: ({ key, value }) =>
    `Het antwoord heeft \`${text(key)}=+${visible(text(value))}\`; een \`+\` moet als \`%2B\` gestuurd worden. Goed zou zijn: \`${text(key)}=%2B${visible(text(value))}\`.`,
  rawAmpersand: ({ line }) =>
    `In \`callername\` staat een losse \`&\`, die als \`%26\` gestuurd moet worden. Goed zou zijn: \`callername=${visible(text(line))}\`.`,
  writtenOutAmpersand: () =>
    "Het antwoord heeft `&amp;` tussen de sleutels; het is gelezen als `&`, en dat moet er staan.",
  htmlName: ({ line }) =>
    `De naam in \`callername\` is geschreven als in HTML (\`&#39;\`, \`&ouml;\`); hij is gelezen als de tekens die bedoeld zijn. Goed zou zijn: \`callername=${visible(text(line))}\`.`,
  duplicateKey: ({ key }) => `Het antwoord heeft \`${text(key)}\` meer dan eens; de eerste telt.`,
  repeatsSent: ({ placeholder }) =>
    `Het antwoord herhaalt {${text(placeholder)}} zoals het gestuurd werd, en vanaf daar wordt niets als sleutel gelezen: anders kon een beller ` +
    "kiezen waar het gesprek heen gaat. De ontvanger moet coderen wat hij herhaalt (`&` als `%26`, `=` als `%3D`, in JSON " +
    '`"` als `\\"`), of het als laatste schrijven.',
  callersNumber: ({ destination, placeholder }) =>
    `De bestemming ${visible(text(destination))} staat in {${text(placeholder)}}, wat de beller koos, en is dus niet genomen: anders kon een beller kiezen waar het gesprek heen gaat.`,
  notText: ({ key }) => `\`${text(key)}\` moet in JSON een tekst zijn; het is overgeslagen.`,
  nameTooLong: () => "De naam is langer dan 64 tekens en is ingekort.",
  utf16: () => "Het antwoord is in UTF-16; het is gelezen, maar moet in UTF-8 gestuurd worden.",
  jsonString: () =>
    "Het antwoord is een JSON-tekst met het antwoord erin; die is gelezen, maar moet zonder de aanhalingstekens eromheen gestuurd worden.",
  listOfOne: () =>
    "Het antwoord is een JSON-lijst met één element; die is gelezen, maar moet zonder de haken eromheen gestuurd worden.",
  quotedBody: ({ quote }) =>
    `Het hele antwoord staat tussen aanhalingstekens (${text(quote)}); het is gelezen, maar moet zonder gestuurd worden.`,
  quotedValue: ({ key, value }) =>
    `De waarde van \`${text(key)}\` staat tussen aanhalingstekens (${shown(value)}); ze is gelezen, maar moet zonder gestuurd worden.`,
  invisibleCharacters: ({ key }) =>
    `In de waarde van \`${text(key)}\` staan tekens die niemand ziet; ze zijn weggelaten.`,
  noCompression: ({ encoding }) =>
    `Het antwoord heeft de header \`Content-Encoding: ${visible(text(encoding))}\`, wat geen compressie is; de inhoud is gelezen zoals ze is. Een tekenset hoort in \`Content-Type\`.`,
  textAfter: ({ what, quoted }) =>
    `Achter de regel van het antwoord staat ${wordIn(NATURES, what)} (${shown(quoted)}), wat niet telt; het antwoord moet alles zijn wat gestuurd wordt.`,
};

const PHASES = {
  connecting: "er was nog geen verbinding",
  waiting: "het verzoek was gestuurd, maar er kwam geen volledig begin van een antwoord",
  reading: "het antwoord was begonnen maar niet volledig",
};

const HTTP: Sentences = {
  badHeader: ({ problem }) => `Het verzoek kon niet geschreven worden: ${text(problem)}.`,
  tooManyInFlight: ({ limit, host }) =>
    `${text(limit)} verzoeken aan ${text(host)} wachten al op antwoord; er gaan geen meer uit tot er enkele beantwoord zijn.`,
  tooManyReceivers: ({ limit }) =>
    `Webhooks zijn al in gesprek met ${text(limit)} verschillende servers, en meer mag niet.`,
  stopping: () => "Switchhook stopt.",
  addressForbidden: ({ host, address, range }) =>
    `${text(host)} is op ${text(address)}, en dat is ${text(range)}: met zo’n adres verbinden webhooks nooit.`,
  addressNotListed: ({ host, address, range }) =>
    `${text(host)} is op ${text(address)}, en dat is ${text(range)}. Is dat de bedoeling, voeg dan dat netwerk toe aan security.webhookAllowedNetworks.`,
  nameNotFound: ({ host }) => `De naam ${text(host)} bestaat niet in DNS, of heeft geen adres.`,
  nameServerFailed: ({ host, detail }) => `De DNS-server kon ${text(host)} niet opzoeken (${text(detail)}).`,
  nameTimeout: ({ ms, host }) =>
    `De DNS-server antwoordde niet binnen ${seconds(ms)} op de vraag naar ${text(host)}.`,
  refused: ({ host }) => `${text(host)} weigerde de verbinding: op die poort luistert niets.`,
  unreachable: ({ host, detail }) => `${text(host)} is niet te bereiken (${text(detail)}).`,
  connectTimeout: ({ host, ms }) => `${text(host)} nam de verbinding niet aan binnen ${seconds(ms)}.`,
  tlsTimeout: ({ host, ms }) =>
    `${text(host)} nam de verbinding aan maar rondde de TLS-handdruk niet af binnen ${seconds(ms)}.`,
  certificateExpired: ({ host }) => `Het TLS-certificaat van ${text(host)} is verlopen.`,
  certificateNotYetValid: ({ host }) =>
    `Het TLS-certificaat van ${text(host)} is nog niet geldig; kijk de klokken na.`,
  certificateUntrusted: ({ host, detail }) =>
    `Het TLS-certificaat van ${text(host)} is niet ondertekend door een instantie die hier vertrouwd wordt (${text(detail)}).`,
  certificateWrongName: ({ host }) =>
    `Het TLS-certificaat van ${text(host)} is voor een andere naam uitgegeven.`,
  tlsFailed: ({ host, detail }) =>
    `Met ${text(host)} kon geen TLS-verbinding gemaakt worden (${text(detail)}).`,
  deadline: ({ host, ms, phase }) =>
    `${text(host)} antwoordde niet binnen ${seconds(ms)}: ${wordIn(PHASES, phase)}.`,
  closedEarly: ({ host }) => `${text(host)} sloot de verbinding zonder antwoord.`,
  truncated: ({ host }) => `${text(host)} sloot de verbinding voor het antwoord volledig was.`,
  badHttp: ({ host, detail }) => `${text(host)} antwoordde met iets dat geen HTTP is (${text(detail)}).`,
  lineFeedsOnly: ({ host, quoted }) =>
    `De headerregels van ${text(host)} eindigen op LF alleen; HTTP wil CR LF (\`\\r\\n\`) achter elke regel. Achter de eerste kwam ${shown(quoted)}.`,
  notHttp: ({ host, quoted }) =>
    `${text(host)} antwoordde zonder statusregel van HTTP (\`HTTP/1.1 200 OK\`). Wat kwam, begint met ${shown(quoted)}.`,
  tlsWanted: ({ host }) => `${text(host)} spreekt TLS op die poort, dus de URL moet met https:// beginnen.`,
  tooManyInformational: ({ host, limit }) =>
    `${text(host)} stuurde meer dan ${text(limit)} tussentijdse antwoorden (1xx) en geen laatste.`,
  headersTooLarge: ({ host }) => `De header van het antwoord van ${text(host)} is te groot.`,
  bodyTooLarge: ({ limit }) => `Het antwoord is groter dan ${Number(limit) / 1024} KiB.`,
  tooManyRedirects: ({ limit }) => `De ontvanger verwees meer dan ${text(limit)} keer door.`,
  redirectRefused: ({ status }) =>
    `De ontvanger verwees door (HTTP ${text(status)}), en deze webhook volgt geen doorverwijzingen (\`followRedirects: false\`).`,
  redirectWithoutTarget: ({ status }) =>
    `De ontvanger antwoordde HTTP ${text(status)}, een doorverwijzing, zonder te zeggen waarheen.`,
  redirectBadTarget: ({ target }) =>
    `De ontvanger verwees door naar ${visible(text(target))}, wat geen http- of https-adres is.`,
  redirectToPlain: ({ host }) =>
    `De ontvanger verwees van https door naar onversleuteld http op ${text(host)}; dat wordt niet gevolgd.`,
  internal: ({ detail }) => `Switchhook zelf kon het verzoek niet doen (${text(detail)}).`,
};

/** By code. */
export const REPLY: Sentences = { ...ANSWERS, ...FAILS, ...READ, ...HTTP };
