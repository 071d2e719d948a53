import { labelIn, stepIn } from "./label-nl.ts";
import { capital, counted, decimal, named, type Sentences, stop, text, wordIn } from "./sentence-parts.ts";

// What else a call's story says, and why calls end, in Dutch: by the codes of docs/reference/story.md and endings.md. As in English they
// begin in lower case and have no stop.

/** As in English: an account of a reply may quote much. */
const LONGEST_CAUSE = 400;

const PARTIES = { caller: "de beller", callee: "de gebelde" };
const KEY_WAYS = { event: "gebeurtenissen van RFC 4733", tone: "tonen in het geluid", info: "SIP INFO" };
const SCOPES = {
  loopback: "op deze machine",
  private: "in een privénetwerk",
  public: "in een openbaar netwerk",
};
const SIDES = { caller: "de kant van de beller", called: "de gebelde kant" };
const MUTE = "nam op, maar beschreef geen geluid (geen SDP in het antwoord of daarvoor)";
const RAISE = "is dat te weinig, verhoog dan security.outsideCalls.";

const outside = (calls: unknown): string => `${counted(calls, "gesprek", "gesprekken")} naar buiten`;

const NOTES: Sentences = {
  "note.hold": ({ who }) => `${wordIn(PARTIES, who)} zette het gesprek in de wacht`,
  "note.mediaChanged": ({ who }) => `${wordIn(PARTIES, who)} veranderde of hervatte het geluid`,
  "note.keysBy": ({ way }) => `het toestel van de beller meldt toetsen met ${wordIn(KEY_WAYS, way)}`,
  "note.throughUs": ({ engine, why }) => `het geluid gaat door ons heen (${text(engine)}): ${text(why)}`,
  "note.callerAnswered": ({ engine }) =>
    `de beller is aangenomen; zijn geluid gaat door ons heen (${text(engine)})`,
  "note.noSound": ({ why }) => text(why),
  "note.messageGone": ({ message }) =>
    `het geluidsbericht ${named(message)} bestaat niet; er wordt niets gespeeld`,
  "note.messageUnheard": ({ why }) => `een bericht kon niet gespeeld worden: ${text(why)}`,
  "note.callerHides": () =>
    "het toestel wil niet genoemd worden: wie gebeld wordt, en webhooks, horen niet wie er belt",
  "note.callerNamedForHelp": () =>
    "het toestel wil niet genoemd worden, maar dit is een noodoproep: het nummer wordt getoond",
  "note.loginRefused": ({ who, name, status }) =>
    `${text(who)} wilde zich aanmelden als ${name === "" ? "niemand" : text(name)}, en werd geweigerd met ${text(status)}`,
  "note.notRung": ({ why }) => text(why),
  "note.soundWas": ({ codec, received, lost, jitterMs, sent, foreign }) =>
    `geluid: ${text(codec)}, ${text(received)} pakketten in (${text(lost)} verloren, jitter ${decimal(text(jitterMs))} ms), ${text(sent)} uit${strangers(foreign)}`,
};

/** Packets of others, as the end of a sentence. */
export function strangers(foreign: unknown): string {
  return foreign === 0 ? "" : `; ${text(foreign)} pakketten van vreemden zijn genegeerd`;
}

const WAYS: Sentences = {
  "way.callerAnswered": () => "de beller is aangenomen",
  "way.noCodec": ({ party }) => `${text(party)} kan niets gebruiken van wat de beller aanbiedt`,
  "way.anchored": ({ party }) => `${text(party)} staat op “media: anchored”`,
  "way.behindNat": ({ party }) => `${text(party)} zit achter NAT`,
  "way.networks": ({ party, scope, other, otherScope }) =>
    `${text(party)} is ${wordIn(SCOPES, scope)} en ${text(other)} ${wordIn(SCOPES, otherScope)}`,
  "way.families": ({ party, family, other, otherFamily }) =>
    `${text(party)} heeft ${text(family)} en ${text(other)} heeft ${text(otherFamily)}`,
  "way.impossible": ({ why, party }) =>
    `${text(why)}, en ${text(party)} staat op “media: passThrough”: tussen hen kan niets stromen. Zet het op “auto” of “anchored”.`,
  "way.apart": ({ why }) => `${text(why)}: tussen hen kan niets stromen`,
  "way.over": () => "het gesprek is voorbij",
  "way.goneBefore": () => "de gebelde hing op voor de verbinding er was",
  "way.lostBefore": ({ why }) => `de gebelde kant is kwijtgeraakt: ${text(why)}`,
  "way.ackUnusable": ({ why }) => `wat de ACK van de beller antwoordde, is niet te gebruiken: ${text(why)}`,
};

const TRIES: Sentences = {
  "tried.nobody": () => "niemand kon gebeld worden",
  "tried.noAnswer": ({ seconds }) => `niemand nam op binnen ${text(seconds)} s`,
  "tried.notRegistered": ({ phone }) => `toestel ${text(phone)} is niet aangemeld`,
  "tried.noTrunk": ({ number }) =>
    `er is geen uitgaande trunk voor ${text(number)}; noem er een onder “outbound”`,
  "tried.limited": ({ number, why }) => `${text(number)} wordt niet gebeld: ${text(why)}`,
  "tried.tooManyLegs": () => "dit gesprek heeft zo vaak gebeld als één gesprek mag",
  "tried.noSound": ({ target, why }) => `${text(target)}: ${text(why)}`,
  "tried.mute": ({ target }) => `${text(target)} ${MUTE}`,
  "tried.refused": ({ target, status, said }) => `${text(target)}: ${text(status)} ${text(said)}`,
  "tried.unresolved": ({ trunk, places, secure }) =>
    `geen adres van trunk ${named(trunk)}${secure === true ? " dat met TLS bereikt wordt, zoals sips: eist," : ""} kon opgezocht worden (${text(places)})`,
  "tried.toItself": ({ trunk, place }) =>
    `trunk ${named(trunk)} leidt naar deze server zelf (${text(place)})`,
  "tried.noConnection": ({ trunk, place }) =>
    `trunk ${named(trunk)} is niet te bereiken op ${text(place)}: er zijn te veel verbindingen open`,
  "tried.noListener": ({ trunk, place, ip, all }) =>
    `trunk ${named(trunk)} is niet te bereiken op ${text(place)}: geen --sip van de server luistert op IPv${text(ip)} (zoals --sip ${text(all)}:5060)`,
};

const LEGS: Sentences = {
  "leg.mute": () => MUTE,
  "leg.sentTo": ({ to }) => `naar ${text(to)}`,
  "leg.sentNowhere": () => "nergens heen",
};

const LIMITS: Sentences = {
  "limit.perPhone": ({ phone, calls, most }) =>
    `toestel ${text(phone)} heeft ${outside(calls)} lopen, en mag er ${text(most)} tegelijk hebben; ${RAISE}perPhone`,
  "limit.perCompany": ({ calls, most }) =>
    `er ${calls === 1 ? "loopt" : "lopen"} ${outside(calls)}, en het mogen er ${text(most)} tegelijk zijn; ${RAISE}perCompany`,
  "limit.newPerMinute": ({ calls }) =>
    `in de laatste 60 s ${calls === 1 ? "begon" : "begonnen"} ${outside(calls)}, zoveel als er in een minuut mogen; ${RAISE}newPerMinute`,
};

const ENDS: Sentences = {
  "end.callerHungUp": () => "de beller hing op",
  "end.calledHungUp": () => "de gebelde hing op",
  "end.callerGaveUp": () => "de beller hing op voor iemand opnam",
  "end.answeredElsewhere": () => "het gesprek werd elders opgenomen",
  "end.callerNotReached": ({ why }) => text(why),
  "end.planEnded": ({ why, step, tried }) =>
    tried === "" ? text(why) : `${stop(why)} Het laatst geprobeerd: ${stepIn(text(step))}; ${stop(tried)}`,
  "end.answered": ({ step }) => `${stepIn(text(step))} is opgenomen`,
  "end.afterAnswer": ({ step, why }) => `${stepIn(text(step))} is opgenomen; ${text(why)}`,
  "end.afterMishap": ({ step, label, cause, why }) => {
    const said = `Stap ${text(step)}, ${labelIn(text(label))}: ${text(cause)}`;
    return `${stop(said.length > LONGEST_CAUSE ? `${said.slice(0, LONGEST_CAUSE - 3)}...` : said)} ${stop(capital(text(why)))}`;
  },
  "end.lost": ({ side, why }) => `${wordIn(SIDES, side)} is kwijtgeraakt: ${text(why)}`,
  "end.silent": ({ side, seconds }) =>
    `er kwam ${text(seconds)} s lang geen geluid van ${wordIn(SIDES, side)}`,
  "end.soundLost": ({ why }) => text(why),
  "end.noAnswerInAck": () => "de beller antwoordde op ons aanbod zonder SDP in zijn ACK",
  "end.tooLong": ({ minutes }) => `een gesprek mag hoogstens ${text(minutes)} minuten duren`,
  "end.stopped": () => "de centrale werd gestopt",
  "end.isUp": () => "het gesprek loopt",
  "end.cut": () => "de centrale stopte terwijl het gesprek liep",
  "refused.calledNotSaid": ({ where, trunk }) =>
    `${text(where)} zegt niet wie er gebeld werd, zoals calledNumberFrom van trunk ${named(trunk)} het verwacht`,
  "refused.notUnderstood": ({ why }) => text(why),
  "refused.notAllowed": ({ why }) => text(why),
  "refused.notOurs": ({ number }) =>
    `${text(number)} is geen nummer van deze installatie; voeg het toe bij de nummers`,
  "refused.noPlan": ({ number }) => `${text(number)} heeft geen belplan; geef het er een bij de nummers`,
  "refused.circles": ({ times }) =>
    `het gesprek is al ${text(times)} keer doorgestuurd: het gaat in een kring rond`,
  "refused.stranger": ({ address }) =>
    `${text(address)} is geen trunk en geen toestel dat zich aanmeldde; is het een trunk van u, zet ${text(address)} dan bij zijn “acceptFrom”`,
  "refused.login": ({ why, meant }) => (meant === "" ? text(why) : `${stop(why)} ${text(meant)}`),
  "refused.rest": ({ most }) =>
    `een uur heeft hoogstens ${text(most)} regels voor wat vreemden proberen; deze telt de rest`,
};

/** By code. */
export const STORY: Sentences = { ...NOTES, ...WAYS, ...TRIES, ...LEGS, ...LIMITS, ...ENDS };
