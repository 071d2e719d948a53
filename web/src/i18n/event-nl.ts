import { OWN_PLAN } from "../../../src/dialplan/plan.ts";
import type { StoryEvent } from "../../../src/model/call-record.ts";
import { labelIn } from "./label-nl.ts";
import { inDutch } from "./said-nl.ts";
import { capital, decimal, named, stop, text, wordIn } from "./sentence-parts.ts";
import { strangers } from "./story-nl.ts";

// The events of a call's story in Dutch, as src/model/story.ts has them in English.

type Of<Type extends StoryEvent["type"]> = Extract<StoryEvent, { readonly type: Type }>;
type Events = { readonly [Type in StoryEvent["type"]]: (event: Of<Type>) => string };

const EVENTS: Events = {
  received: ({ origin, source, from, to }) =>
    `Er kwam een gesprek binnen van ${originOf(origin)} (${source}): ${from === "" ? "een anonieme beller" : from} belt ${to}.`,
  number: numberSentence,
  plan: ({ plan, version }) =>
    `Het belplan ${named(plan)}${version === OWN_PLAN ? "" : ` (versie ${version})`} neemt het gesprek.`,
  step: ({ entry: { step, label, type, plan, code = "", args = {}, text: english } }) => {
    const said = inDutch(code, args) ?? english;
    if (step === "") return said;
    return `Stap ${step}${plan === undefined ? "" : ` van ${named(plan)}`}, ${label === "" ? type : labelIn(label)}: ${said}`;
  },
  asked: ({ webhook, url, method = "GET" }) =>
    `Vraagt de webhook ${named(webhook)}${url === "" ? "." : `: ${method} ${url}`}`,
  replied: (event) => {
    const { webhook, verdict, status, elapsedMs, callerGone, reason } = event;
    const did = verdict === "ack" || verdict === "nak" ? `antwoordde ${verdict.toUpperCase()}` : "faalde";
    const http = status === undefined ? "" : ` met HTTP ${status}`;
    const account =
      callerGone === true && reason !== "" ? `: de beller hing op; ${stop(reasonOf(event))}` : ".";
    return `De webhook ${named(webhook)} ${did} na ${milliseconds(elapsedMs)}${http}${account}`;
  },
  leg: ({ leg, target, shownName, shownNumber }) => {
    const shown = [shownName === "" ? "" : named(shownName), shownNumber].filter((one) => one !== "");
    const what = shown.length === 0 ? "toont niets over de beller" : `toont ${shown.join(" ")}`;
    return `Been ${leg} gaat naar ${targetOf(target)} en ${what}.`;
  },
  legEvent: (event) => {
    const status = event.status === undefined ? "" : ` (${event.status})`;
    const isGood = event.what === "ringing" || event.what === "earlyMedia";
    const detail = isGood || event.detail === "" ? "." : `: ${stop(detailOf(event))}`;
    return `Been ${event.leg} ${wordIn(LEG_VERBS, event.what)}${status}${detail}`;
  },
  answered: ({ target, leg, sound }) =>
    `${capital(targetOf(target))} nam op (been ${leg}); de twee zijn verbonden${sound === undefined ? "" : SOUND_WAYS[sound]}.`,
  soundBegins: ({ leg, sound }) =>
    `${partyOn(leg)} hoort ${sound.kind === "message" ? `het geluidsbericht ${named(sound.name)}` : TONES[sound.kind]}.`,
  soundEnds: ({ leg, by }) => SOUND_ENDS[by](leg === "A" ? "de beller" : `been ${leg}`),
  key: ({ leg }) => `${partyOn(leg)} drukt een toets in.`,
  media: ({ leg, codec, received, lost, jitterMs, sent, foreign }) =>
    `Geluid: ${codec}, ${received} pakketten in (${lost} verloren, jitter ${decimal(jitterMs.toFixed(1))} ms), ${sent} uit${strangers(foreign)} (been ${leg}).`,
  leftOut: ({ entries, why }) =>
    why === "noRoom"
      ? `Hier ontbreken ${entries} berichten en gebeurtenissen: er was geen plaats voor, omdat er niets kon worden opgeslagen.`
      : `Hier zijn ${entries} berichten en gebeurtenissen weggelaten: van een lang gesprek worden de eerste en de laatste bewaard.`,
  note: (event) => {
    const said = stop(capital(noteOf(event)));
    return event.leg === undefined ? said : `${said.slice(0, -1)} (been ${event.leg})${said.slice(-1)}`;
  },
  ended: (event) => {
    const { by, status, reason } = event;
    // Of a party that left, the reason is the whole sentence; its status is only how SIP puts it (487).
    if (by !== "switchhook" && reason !== "") return stop(capital(endOf(event)));
    const put = by !== "switchhook" || status === undefined ? "" : ` met ${status}`;
    return `${ENDED_BY[by]}${put}${reason === "" ? "." : `: ${stop(endOf(event))}`}`;
  },
};

const LEG_VERBS = {
  ringing: "gaat over",
  earlyMedia: "zendt al geluid (early media)",
  refused: "weigerde het gesprek",
  cancelled: "hoeft niet meer over te gaan",
  redirected: "stuurde het gesprek door",
  failed: "is mislukt",
  unreachable: "is niet te bereiken",
};

const SOUND_WAYS = {
  direct: ", en hun geluid gaat rechtstreeks tussen hen",
  throughUs: ", en hun geluid gaat door ons heen",
};

const TONES = { ringback: "de beltoon", busy: "de bezettoon", hold: "de toon van een gesprek in de wacht" };

const SOUND_ENDS: Readonly<Record<Of<"soundEnds">["by"], (party: string) => string>> = {
  end: (party) => `Wat ${party} hoort, is ten einde.`,
  key: (party) => `Een toets beëindigt wat ${party} hoort.`,
  hangup: (party) => `Het einde van het gesprek beëindigt wat ${party} hoort.`,
  replaced: (party) => `Iets anders komt in de plaats van wat ${party} hoort.`,
  failed: (party) => `Wat ${party} zou horen, kon niet gespeeld worden.`,
};

const ENDED_BY = {
  caller: "De beller hing op",
  callee: "De gebelde hing op",
  switchhook: "Switchhook beëindigde het gesprek",
};

function numberSentence({ received, understood, matched }: Of<"number">): string {
  if (matched === understood && received === understood)
    return `Het gebelde nummer ${understood} is van ons.`;
  const read =
    received === understood
      ? `Het gebelde nummer is ${understood}`
      : `Het gebelde nummer “${received}” is begrepen als ${understood}`;
  if (matched === undefined) return `${read}; hier heeft niemand dat.`;
  return matched === understood ? `${read}, en dat is van ons.` : `${read}; het past bij ${matched}.`;
}

function originOf(origin: string): string {
  return origin.replace(/^phone /, "toestel ").replace(/^stranger at /, "een vreemde op ");
}

/** `phone 215 at udp:192.0.2.31:5060`, `+31502102544 by trunk "Carrier"`. */
function targetOf(target: string): string {
  return target
    .replace(/^phone (\S+) at /, "toestel $1 op ")
    .replace(/ (?:by|through) trunk /, " via trunk ");
}

function partyOn(leg: string): string {
  return leg === "A" ? "De beller" : `Been ${leg}`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? decimal(ms.toFixed(1)) : Math.round(ms)} ms`;
}

/** What came of asking a webhook; `failure` of a reply that was understood is none. */
export function reasonOf({
  failure,
  verdict,
  args = {},
  reason,
}: Pick<Of<"replied">, "args" | "reason"> & {
  readonly failure?: string | undefined;
  readonly verdict: string;
}): string {
  const code = failure ?? (verdict === "ack" ? "receiverSaidAck" : "receiverSaidNak");
  if (failure === undefined && verdict === "ack" && Object.keys(args).length === 0) return reason;
  return inDutch(code, args) ?? reason;
}

/** What is known of an event of a leg. */
export function detailOf({ code, args = {}, detail }: Of<"legEvent">): string {
  return (code === undefined ? undefined : inDutch(code, args)) ?? detail;
}

function noteOf({ code, args = {}, text: english }: Of<"note">): string {
  return (code === undefined ? undefined : inDutch(code, args)) ?? text(english);
}

/** Why the call ended. */
export function endOf({ code, args = {}, reason }: Of<"ended">): string {
  return (code === undefined ? undefined : inDutch(code, args)) ?? reason;
}

/** One event in a sentence. */
export function eventInDutch<Type extends StoryEvent["type"]>(event: Of<Type>): string {
  return (EVENTS[event.type] as (event: Of<Type>) => string)(event);
}

/** What should be written otherwise in a reply. */
export function notesInDutch({
  notes = [],
  warnings,
}: Pick<Of<"replied">, "notes" | "warnings">): readonly string[] {
  return warnings.map((warning, at) => {
    const note = notes[at];
    return (note === undefined ? undefined : inDutch(note.code, note.args)) ?? warning;
  });
}
