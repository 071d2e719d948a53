import { sentenceTable } from "../dialplan/reference.ts";
import { sentenceIn, sentenceOf } from "../dialplan/sentences.ts";
import type { TraceArgs } from "../dialplan/trace.ts";
import {
  type ArgsOf,
  type Said,
  said,
  speechOf,
  type Why,
  type Words,
  wordFor,
  wordsOf,
} from "../lib/said.ts";
import type { Happening } from "./call-record.ts";

type Party = "caller" | "callee";

const PARTIES: Readonly<Record<Party, string>> = { caller: "the caller", callee: "the callee" };

interface Sided {
  readonly who: Party;
}

interface Because {
  readonly why: Why;
}

interface Login {
  readonly who: string;
  readonly name: string;
  readonly status: number;
  /** What the record's reason says, as code and arguments. */
  readonly why?: Said;
}

/** What else happened in a call: notes. */
const notes = {
  "note.hold": ({ who }: Sided) => `${wordFor(PARTIES, who)} put the call on hold`,
  "note.mediaChanged": ({ who }: Sided) => `${wordFor(PARTIES, who)} changed or resumed the media`,
  "note.keysBy": ({ way }: { readonly way: "event" | "tone" | "info" }) =>
    `the caller's phone tells of keys by ${wordFor(KEY_WAYS, way)}`,
  "note.throughUs": ({ engine, why }: Because & { readonly engine: string }) =>
    `the sound passes through us (${engine}): ${wordsOf(why)}`,
  "note.callerAnswered": ({ engine }: { readonly engine: string }) =>
    `the caller is answered; its sound passes through us (${engine})`,
  "note.noSound": ({ why }: Because) => wordsOf(why),
  "note.messageGone": ({ message }: { readonly message: string }) =>
    `there is no audio message "${message}"; nothing is played`,
  "note.messageUnheard": ({ why }: Because) => `a message could not be played: ${wordsOf(why)}`,
  "note.callerHides": () =>
    "the phone asks not to be named: who is called, and webhooks, are not told who calls",
  "note.callerNamedForHelp": () =>
    "the phone asks not to be named, but this is a call for help: its number is shown",
  "note.loginRefused": (login: Login) =>
    `${login.who} tried to log in as ${login.name === "" ? "nobody" : login.name}, and was refused with ${login.status}`,
  "note.notRung": ({ why }: Because) => wordsOf(why),
} as const satisfies Words;

/** What records of earlier releases say, and none does any more: now there are `media` events. */
export const formerWords = {
  "note.soundWas": (sound: SoundWas) =>
    `sound: ${sound.codec}, ${sound.received} packets in (${sound.lost} lost, jitter ${sound.jitterMs} ms), ${sound.sent} out${strangers(sound)}`,
} as const satisfies Words;

interface SoundWas {
  readonly codec: string;
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
  /** With one decimal. */
  readonly jitterMs: string;
  /** Packets of others, which were ignored. */
  readonly foreign: number;
}

const KEY_WAYS = { event: "RFC 4733 events", tone: "tones in its sound", info: "SIP INFO" } as const;

function strangers({ foreign }: SoundWas): string {
  return foreign === 0 ? "" : `; ${foreign} packets from strangers were ignored`;
}

/** Which way the sound takes, and why. */
const ways = {
  "way.callerAnswered": () => "the caller has been answered",
  "way.noCodec": ({ party }: { readonly party: string }) =>
    `${party} can use nothing of what the caller offers`,
  "way.anchored": ({ party }: { readonly party: string }) => `${party} is set to "media: anchored"`,
  "way.behindNat": ({ party }: { readonly party: string }) => `${party} is behind NAT`,
  "way.networks": ({ party, scope, other, otherScope }: Networks) =>
    `${party} is ${wordFor(SCOPES, scope)} and ${other} ${wordFor(SCOPES, otherScope)}`,
  "way.families": ({ party, family, other, otherFamily }: Families) =>
    `${party} has ${family} and ${other} has ${otherFamily}`,
  "way.impossible": ({ why, party }: Because & { readonly party: string }) =>
    `${wordsOf(why)}, and ${party} is set to "media: passThrough": nothing can flow between them. Set it to "auto" or "anchored".`,
  "way.apart": ({ why }: Because) => `${wordsOf(why)}: nothing can flow between them`,
  "way.over": () => "the call has ended",
  "way.goneBefore": () => "the called party hung up before it was connected",
  "way.lostBefore": ({ why }: Because) => `the called side was lost: ${wordsOf(why)}`,
  "way.ackUnusable": ({ why }: Because) => `what the caller's ACK answered cannot be used: ${wordsOf(why)}`,
} as const satisfies Words;

type Scope = "loopback" | "private" | "public";

const SCOPES: Readonly<Record<Scope, string>> = {
  loopback: "on this machine",
  private: "in a private network",
  public: "in a public network",
};

interface Networks {
  readonly party: string;
  readonly scope: Scope;
  readonly other: string;
  readonly otherScope: Scope;
}

interface Families {
  readonly party: string;
  readonly family: "IPv4" | "IPv6";
  readonly other: string;
  readonly otherFamily: "IPv4" | "IPv6";
}

interface Unresolved {
  readonly trunk: string;
  readonly places: string;
  /** Only TLS would do. */
  readonly secure: boolean;
}

interface AtTrunk {
  readonly trunk: string;
  /** `tls:192.0.2.7:5061`. */
  readonly place: string;
}

/** How a target that rang, or could not be, was tried. */
const tries = {
  "tried.nobody": () => "nobody could be rung",
  "tried.noAnswer": ({ seconds }: { readonly seconds: number }) => `nobody answered within ${seconds} s`,
  "tried.notRegistered": ({ phone }: { readonly phone: string }) => `phone ${phone} is not registered`,
  "tried.noTrunk": ({ number }: { readonly number: string }) =>
    `there is no outbound trunk for ${number}; name one under "outbound"`,
  "tried.limited": ({ number, why }: Because & { readonly number: string }) =>
    `${number} is not called: ${wordsOf(why)}`,
  "tried.tooManyLegs": () => "this call has made as many legs as one call may",
  "tried.noSound": ({ target, why }: Because & { readonly target: string }) => `${target}: ${wordsOf(why)}`,
  "tried.mute": ({ target }: { readonly target: string }) => `${target} ${MUTE}`,
  "tried.refused": (refused: { readonly target: string; readonly status: number; readonly said: Why }) =>
    `${refused.target}: ${refused.status} ${wordsOf(refused.said)}`,
  "tried.unresolved": ({ trunk, places, secure }: Unresolved) =>
    `no address of trunk "${trunk}"${secure ? " that is reached by TLS, as sips: demands," : ""} could be resolved (${places})`,
  "tried.toItself": ({ trunk, place }: AtTrunk) => `trunk "${trunk}" leads to this server itself (${place})`,
  "tried.noConnection": ({ trunk, place }: AtTrunk) =>
    `trunk "${trunk}" cannot be reached at ${place}: too many connections are open`,
  "tried.noListener": ({ trunk, place, ip, all }: AtTrunk & { readonly ip: number; readonly all: string }) =>
    `trunk "${trunk}" cannot be reached at ${place}: no --sip of the server listens on IPv${ip} (such as --sip ${all}:5060)`,
} as const satisfies Words;

const MUTE = "answered, but described no sound (no SDP in its answer or before)";

/** What is known of an event of a leg besides what the peer said. */
const legs = {
  "leg.mute": () => MUTE,
  "leg.sentTo": ({ to }: { readonly to: string }) => `to ${to}`,
  "leg.sentNowhere": () => "to nowhere",
} as const satisfies Words;

interface Limit {
  /** What is up, or has begun. */
  readonly calls: number;
}

const RAISE = "where that is too few, raise security.outsideCalls.";

/** Why no more calls may leave. */
const limits = {
  "limit.perPhone": ({ phone, calls, most }: Limit & { readonly phone: string; readonly most: number }) =>
    `phone ${phone} has ${counted(calls)} to the outside up, and may have ${most} at once; ${RAISE}perPhone`,
  "limit.perCompany": ({ calls, most }: Limit & { readonly most: number }) =>
    `${counted(calls)} to the outside ${calls === 1 ? "is" : "are"} up, and ${most} may be at once; ${RAISE}perCompany`,
  "limit.newPerMinute": ({ calls }: Limit) =>
    `${counted(calls)} to the outside began in the last 60 s, as many as may in a minute; ${RAISE}newPerMinute`,
} as const satisfies Words;

function counted(calls: number): string {
  return calls === 1 ? "1 call" : `${calls} calls`;
}

/** The sentences of a story that are neither the walk's nor an ending's, each without its stop, begun in lower case. */
export const storyWords = { ...notes, ...formerWords, ...ways, ...tries, ...legs, ...limits };

export type StoryCode = keyof typeof storyWords;

/** A sentence of the story as a value, to be told or to be part of another one. */
export function storySaid<Code extends StoryCode>(code: Code, args: ArgsOf<(typeof storyWords)[Code]>): Said {
  return said(storyWords, code, args);
}

const words: ReadonlyMap<string, Words[string]> = new Map(Object.entries(storyWords));

/** The English for a code of a stored story, the walk's codes included; undefined where there is none or it does not fit. */
export function anySentence(code: string, args: TraceArgs): string | undefined {
  return words.has(code) ? sentenceIn(words.get(code), args) : sentenceOf(code, args);
}

type NoteEvent = Extract<Happening, { readonly type: "note" }>;
type LegEvent = Extract<Happening, { readonly type: "legEvent" }>;

/** Something that happened besides; `leg`: on which. Whoever keeps the story gives it its time. */
export function note<Code extends keyof typeof notes>(
  leg: string | undefined,
  code: Code,
  args: ArgsOf<(typeof notes)[Code]>,
): NoteEvent {
  return new Note(leg, code, args);
}

/** Something that happened on a leg, of which we know more than what its peer said. */
export function legNews<Code extends keyof typeof legs>(
  { leg, what, status }: Pick<LegEvent, "leg" | "what" | "status">,
  code: Code,
  args: ArgsOf<(typeof legs)[Code]>,
): LegEvent {
  return new LegNews(leg, what, status, code, args);
}

/** How a leg ended, in its peer's words or in ours. */
export function legEnded(event: Pick<LegEvent, "leg" | "what" | "status">, why: Why): LegEvent {
  if (typeof why === "string") return { type: "legEvent", ...event, detail: why };
  const { code, args, text } = why;
  return { type: "legEvent", ...event, detail: text, code, args };
}

/** As with a `Told` of the walk, JSON leaves the English out. */
class Note implements NoteEvent {
  readonly type = "note";
  readonly leg: string | undefined;
  readonly code: StoryCode;
  readonly args: TraceArgs;

  constructor(leg: string | undefined, code: StoryCode, args: TraceArgs) {
    this.leg = leg;
    this.code = code;
    this.args = args;
  }

  get text(): string {
    return speechOf(storyWords, this.code, this.args as never);
  }
}

class LegNews implements LegEvent {
  readonly type = "legEvent";
  readonly leg: string;
  readonly what: LegEvent["what"];
  readonly status: number | undefined;
  readonly code: StoryCode;
  readonly args: TraceArgs;

  constructor(
    leg: string,
    what: LegEvent["what"],
    status: number | undefined,
    code: StoryCode,
    args: TraceArgs,
  ) {
    this.leg = leg;
    this.what = what;
    this.status = status;
    this.code = code;
    this.args = args;
  }

  get detail(): string {
    return speechOf(storyWords, this.code, this.args as never);
  }
}

/** `docs/reference/story.md`. */
export function storyReference(): string {
  return `# What else a call's story says

What happened in a call besides the decisions of its plan (sentences.md) and its end (endings.md): notes, what is known of
a leg, and the sentences that are part of those or of an ending. The story holds the code and the arguments; an argument
may be such a sentence itself. Arguments are shown in braces; where a sentence has several forms, one of them stands here.
This page is made from \`src/model/story-words.ts\`.

${sentenceTable(Object.entries(storyWords))}`;
}
