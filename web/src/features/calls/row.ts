import type { Said } from "../../../../src/lib/said.ts";
import type { SipTrace, StoryEvent } from "../../../../src/model/call-record.ts";
import type { Entry } from "../../../../src/model/timeline.ts";
import type { Tone } from "../../theme/tokens.ts";
import { type Message, messageOf } from "./message.ts";
import type { RowSaying } from "./row-saying.ts";

/** An event of the story. */
export type Told = Exclude<Entry, { readonly type: "sip" }>;
export type Of<Type extends Entry["type"]> = Extract<Entry, { readonly type: Type }>;

/** A line between two lifelines. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly tone: Tone;
  readonly isSound?: boolean;
}

/** What a row shows when it is opened. */
export type Opened =
  | { readonly type: "messages"; readonly messages: readonly SipTrace[] }
  | {
      readonly type: "webhook";
      readonly asked: Of<"asked">;
      readonly reply: Of<"replied"> | undefined;
      /** What came of it. */
      readonly account: Said | undefined;
    }
  | { readonly type: "event"; readonly event: StoryEvent };

/** One thing that happened, as the call page shows it: a sentence, and beside it what went between whom. */
export interface Row {
  /** Its place in the call: the lowest of `covers`. */
  readonly seq: number;
  /** The entries of the record that it stands for. */
  readonly covers: readonly number[];
  readonly atMs: number;
  readonly icon: "message" | "decision" | "sound" | "keys" | "webhook" | "note";
  readonly tone: Tone;
  /** Number of the step of the plan. */
  readonly step?: string | undefined;
  readonly said: RowSaying;
  readonly more?: RowSaying | undefined;
  readonly arrow?: Arrow | undefined;
  /** On our own lifeline. */
  readonly mark?: "open" | "good" | "bad" | "dot" | undefined;
  readonly opens: Opened;
  /** How often the same message came. */
  readonly times: number;
}

/** A row of this entry alone. */
export function base(entry: Entry): Omit<Row, "said" | "opens"> {
  return {
    seq: entry.seq,
    covers: [entry.seq],
    atMs: entry.atMs,
    icon: "message",
    tone: "neutral",
    times: 1,
  };
}

/** Messages, each once with how often it was sent (RFC 3261 §17.1: retransmissions are the same octets). */
export function folded(entries: readonly Entry[]): { sip: Of<"sip">; message: Message; times: number }[] {
  const found = new Map<string, { sip: Of<"sip">; message: Message; times: number }>();
  for (const sip of entries) {
    if (sip.type !== "sip") continue;
    const key = `${sip.leg} ${sip.direction} ${sip.text}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, { sip, message: messageOf(sip), times: 1 });
    else before.times += 1;
  }
  return [...found.values()];
}

/** The line of a message. */
export function arrowOf(sip: SipTrace, { name, status, method }: Message): Arrow {
  const ends = sip.direction === "in" ? { from: sip.leg, to: "us" } : { from: "us", to: sip.leg };
  const isFinal = status !== undefined && status >= 200;
  const tone: Tone =
    isFinal && method === "INVITE" ? (status < 300 ? "good" : status < 400 ? "neutral" : "bad") : "neutral";
  return { ...ends, label: name, tone };
}

/** `phone 215 at udp:…` is 215; `+31… by trunk "X"` is the number. */
export function whoIs(target: string): string {
  return /^phone (\S+)/.exec(target)?.[1] ?? target.split(" ", 1)[0] ?? target;
}

/** `215 (Reception)` is written `215 Reception`. */
export function nameOf(who: string): string {
  return who.replaceAll(/ \(([^()]*)\)/g, " $1");
}

/** Empty for what is no text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
