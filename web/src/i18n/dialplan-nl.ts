// The sentences of the dial plan in Dutch, by the codes of docs/reference/sentences.md and plan-problems.md. English stands with the
// code that says it (src/dialplan); a code that is missing here fails test/architecture/dutch.test.ts.

import { type Args, named, type Sentence, stop, text } from "./sentence-parts.ts";

const status = (value: unknown): string => (value === 0 || value === undefined ? "" : ` (${text(value)})`);
const nowNamed = (name: unknown): string =>
  name === "" ? "er is nog steeds geen naam" : `de naam is ${named(name)}`;

function showing({ callerIdForwarding, callerName }: Args): string {
  if (callerIdForwarding === "suppressed")
    return callerName === ""
      ? "als anonieme beller"
      : `als anonieme beller: de nummerweergave is onderdrukt, en de naam ${named(callerName)} dus ook`;
  const name = callerName === "" ? "zonder naam" : `met de naam ${named(callerName)}`;
  if (callerIdForwarding !== "called") return name;
  return callerName === "" ? "met het gebelde nummer, zonder naam" : `${name} en het gebelde nummer`;
}

function attempt({ attempt: at, attempts }: Args): string {
  return attempts === undefined ? `poging ${text(at)}` : `poging ${text(at)} van ${text(attempts)}`;
}

/** What was understood of a webhook's reply, and what should be written otherwise. */
function account({ account: said, warnings }: Args): string {
  return warnings === undefined ? stop(said) : `${stop(said)} ${text(warnings)}`;
}

const ENDED: Readonly<Record<string, string>> = {
  hash: "afgesloten met #",
  silence: "daarna 3 s niets",
  length: "de hele code",
  timeout: "toen de tijd om was",
};
const AS: Readonly<Record<string, string>> = {
  busy: "bezet",
  rejected: "geweigerd",
  notFound: "onbekend",
  normal: "gewoon",
};

const RINGING: Readonly<Record<string, Sentence>> = {
  "ring.rings": (args) => `Belt ${text(args.who)}, ${text(args.ringSeconds)} s lang, ${showing(args)}.`,
  "ring.answered": ({ who }) => `Opgenomen door ${text(who)}: verbonden.`,
  "ring.timeout": ({ who, ringSeconds }) => `${text(who)} nam niet op binnen ${text(ringSeconds)} s.`,
  "ring.busy": (args) => `${text(args.who)}: bezet${status(args.status)}.`,
  "ring.rejected": (args) => `${text(args.who)}: weigerde het gesprek${status(args.status)}.`,
  "ring.unavailable": (args) =>
    `${text(args.who)}: niet aangemeld, of wil nu geen gesprekken${status(args.status)}.`,
  "ring.failed": (args) => `${text(args.who)}: kon niet bereikt worden${status(args.status)}.`,
  "ring.notCalled": (args) =>
    `${text(args.who)}: niet gebeld, want er mogen nu niet meer gesprekken naar buiten${status(args.status)}.`,
  "ring.refused": ({ why }) => `${stop(why)} Overgeslagen.`,
  "ring.forwarded": ({ by, who, later }) =>
    `${text(by)} stuurt het gesprek door: belt ${text(who)}${later === "" ? "" : `, daarna op volgorde ${text(later).replaceAll(" ", ", ")}`}.`,
  "ring.forwardIgnored": ({ by }) =>
    `${text(by)} stuurt het gesprek door, wat niet gevolgd wordt: de groep negeert doorschakelen.`,
  "ring.forwardTooOften": ({ by, most }) =>
    `${text(by)} stuurt het gesprek door, wat niet gevolgd wordt: het is al ${text(most)} keer doorgestuurd.`,
  "ring.forwardNowhere": ({ by }) => `${text(by)} stuurt het gesprek door en zegt niet waarheen.`,
  "ring.forwardRefused": ({ by, to, why }) =>
    `${text(by)} stuurt het gesprek door naar ${text(to)}, wat niet gevolgd wordt: ${text(why)}`,
  "ring.forwardNobody": ({ by, to }) =>
    `${text(by)} stuurt het gesprek door naar ${text(to)}, waar niemand gebeld kan worden die niet al gebeld wordt.`,
  "ring.phoneGone": ({ phone }) => `Toestel ${text(phone)} bestaat niet meer: overgeslagen.`,
  "ring.groupGone": ({ group }) => `Groep ${text(group)} bestaat niet meer: overgeslagen.`,
  "ring.groupEmpty": ({ group, name }) =>
    `Groep ${text(group)} (${text(name)}) heeft geen toestel om te bellen: overgeslagen.`,
  "ring.membersSkipped": ({ skipped }) => `Slaat ${text(skipped)} over: zo’n toestel is er niet.`,
  "ring.smartNotYet": ({ group }) =>
    `Groep ${text(group)} heeft de strategie smart, die er nog niet is: allemaal worden tegelijk gebeld.`,
  "ring.nothingReturned": () => "De webhook gaf geen bestemming terug: overgeslagen.",
};

const WEBHOOK: Readonly<Record<string, Sentence>> = {
  "webhook.gone": ({ webhook }) => `De webhook ${named(webhook)} bestaat niet meer: mislukt.`,
  "webhook.asks": ({ webhook }) => `Vraagt de webhook ${named(webhook)}.`,
  "webhook.asksWithCode": ({ webhook, digitCount, ended }) =>
    `De beller toetste ${text(digitCount)} ${digitCount === 1 ? "cijfer" : "cijfers"}, ${ENDED[text(ended)] ?? ""}. Vraagt de webhook ${named(webhook)}.`,
  "webhook.successful": (args) => `Gelukt na ${text(args.elapsedMs)} ms: ${account(args)}`,
  "webhook.failed": (args) => `Mislukt na ${text(args.elapsedMs)} ms: ${account(args)}`,
  "webhook.codeRefused": (args) =>
    `De code wordt niet aanvaard (${attempt(args)}), na ${text(args.elapsedMs)} ms: ${account(args)}`,
  "webhook.asksForCode": (args) => {
    const plays =
      args.message === undefined ? "er is geen bericht ingesteld" : `speelt ${named(args.message)}`;
    return `Vraagt een code, ${attempt(args)}: ${plays}, wacht dan op cijfers, hoogstens ${text(args.timeoutSeconds)} s.`;
  },
  "webhook.noCode": (args) => {
    const within = args.timeoutSeconds === undefined ? "op tijd" : `binnen ${text(args.timeoutSeconds)} s`;
    return `Er werd geen code getoetst ${within} (${attempt(args)}).`;
  },
  "webhook.lastAttempt": () => "Dat was de laatste poging: mislukt.",
  "webhook.lastAttemptMessage": ({ message }) =>
    `Dat was de laatste poging: speelt ${named(message)}, dan de tak “mislukt”.`,
  "webhook.lastMessagePlayed": () => "Het bericht is gespeeld: mislukt.",
  "webhook.lastMessageFailed": ({ reason }) =>
    `Mislukt, en het bericht kon niet gespeeld worden: ${stop(reason)}`,
  "webhook.codeUnheard": ({ reason }) => `Mislukt, want er kon geen code gevraagd worden: ${stop(reason)}`,
  "webhook.messageGone": ({ message }) =>
    `Het geluidsbericht ${named(message)} bestaat niet meer: weggelaten.`,
};

/** By code. */
export const DIALPLAN: Readonly<Record<string, Sentence>> = {
  ...RINGING,
  ...WEBHOOK,
  "plan.callerHungUp": () => "De beller hing op.",
  "plan.lastWasBusy": () => "Niemand nam op, en wie het laatst gebeld werd was bezet.",
  "plan.nobodyRung": () => "Het plan eindigde zonder iemand te bellen.",
  "plan.nobodyAnswered": () => "Niemand nam op.",
  "plan.entered": ({ plan, version }) =>
    `Gaat verder in het belplan ${named(plan)} (versie ${text(version)}).`,
  "plan.left": ({ plan, into }) =>
    `Het belplan ${named(plan)} is ten einde: gaat verder na de stap van ${named(into)} die erheen leidde.`,
  "plan.gone": ({ plan }) => `Het belplan ${named(plan)} bestaat niet meer: overgeslagen.`,
  "plan.loop": ({ plan }) =>
    `Het belplan ${named(plan)} leidde hierheen en wordt dus niet opnieuw ingegaan: overgeslagen.`,
  "plan.tooDeep": ({ plan, most }) =>
    `Het belplan ${named(plan)} wordt niet ingegaan, want het gesprek is al in ${text(most)} plannen: overgeslagen.`,
  "plan.tooManySteps": ({ most }) => `Het plan nam meer dan ${text(most)} stappen en werd beëindigd.`,
  "audio.gone": ({ message }) => `Het geluidsbericht ${named(message)} bestaat niet meer: overgeslagen.`,
  "audio.plays": ({ message }) => `Speelt ${named(message)} voor de beller.`,
  "audio.played": () => "Gespeeld.",
  "audio.failed": ({ reason }) =>
    `Het plan gaat verder zonder het bericht, dat niet gespeeld kon worden: ${stop(reason)}`,
  "callerName.prepended": (args) => `Zet ${named(args.text)} voor de naam: ${nowNamed(args.callerName)}.`,
  "callerName.replaced": (args) =>
    `Zet ${named(args.text)} in plaats van de naam: ${nowNamed(args.callerName)}.`,
  "callerName.returned": ({ callerName }) =>
    `Neemt de naam die de webhook teruggaf: ${nowNamed(callerName)}.`,
  "callerName.nothingReturned": ({ callerName }) =>
    `De webhook gaf geen naam terug, dus er verandert niets: ${nowNamed(callerName)}.`,
  "hangUp.ends": ({ as }) => `Het plan hangt op (${AS[text(as)] ?? text(as)}).`,
  "variableDestination.returned": ({ destination }) =>
    `De webhook gaf de bestemming ${text(destination)} terug.`,
};

/** What is wrong with a plan, in Dutch; `value` is what stands at the place of the problem, in `step`. */
export const DUTCH_PROBLEMS: Readonly<
  Record<string, (value: string, step?: Readonly<Record<string, unknown>>) => string>
> = {
  invalidDocument: (value) =>
    value === "" ? "Hier ontbreekt iets." : `${named(value)} kan hier niet staan.`,
  unknownStepType: () => "Dit soort stap bestaat niet.",
  emptyPlan: () => "Het plan heeft geen stappen en zou dus elk gesprek weigeren.",
  tooManySteps: () => "Het plan heeft te veel stappen.",
  tooDeep: () => "De stappen staan te diep onder elkaar.",
  unknownPhone: (value) => `Toestel ${named(value)} bestaat niet.`,
  unknownGroup: (value) => `Groep ${named(value)} bestaat niet.`,
  unknownWebhook: (value) => `De webhook ${named(value)} bestaat niet.`,
  unknownAudioMessage: (value) => `Het geluidsbericht ${named(value)} bestaat niet.`,
  unknownPlan: (value) => `Het belplan ${named(value)} bestaat niet.`,
  strategyNotAvailable: (value) => `Groep ${value} heeft een strategie die er nog niet is.`,
  numberRefused: (value) =>
    value.trim() === "" ? "Het nummer ontbreekt." : `${named(value)} is geen nummer dat gebeld mag worden.`,
  numberIsInternal: (value) => `${value} is een intern nummer: daarvoor zijn de stappen Toestel en Belgroep.`,
  outsideWebhook: () =>
    "Deze stap gebruikt wat een webhook teruggeeft en staat dus alleen onder een webhook.",
  textRequired: (_, step) =>
    step?.["mode"] === "replace"
      ? "Typ de tekst die in plaats van de naam getoond wordt."
      : "Typ de tekst die voor de naam komt.",
  textUnused: () => "De naam komt uit de webhook; laat de tekst weg.",
  stepNotLast: () =>
    "Deze stap vertakt en is dus de laatste van zijn niveau; wat volgt hoort in zijn takken.",
  unreachableStep: () => "Deze stap wordt nooit bereikt: de stap ervoor beëindigt het gesprek.",
};
