import type { Caller } from "../../../../../src/dialplan/call-facts.ts";
import type { Command, RingTarget } from "../../../../../src/dialplan/command.ts";
import { compile } from "../../../../../src/dialplan/compile.ts";
import type { Directory } from "../../../../../src/dialplan/directory.ts";
import { understandNumber } from "../../../../../src/dialplan/number.ts";
import type { Outcome, RingResult, WebhookResult } from "../../../../../src/dialplan/outcome.ts";
import { targetName } from "../../../../../src/dialplan/steps/ringing.ts";
import type { TraceEntry } from "../../../../../src/dialplan/trace.ts";
import { begin, resume } from "../../../../../src/dialplan/walk.ts";
import { readReply } from "../../../../../src/webhook/reply/read-reply.ts";
import type { RawPlan } from "../tree/outline.ts";

/** What a phone does when it rings. */
export type PhoneState = "answers" | "noAnswer" | "busy" | "rejects" | "offline";

/** A reply of a webhook as it is typed, or as it came when it was really asked. */
export interface TypedReply {
  readonly text: string;
  readonly status: number;
  readonly elapsedMs: number;
}

/** A call to be tried on a plan. */
export interface SimulatedCall {
  /** Called, `+E.164`. */
  readonly did: string;
  /** As typed: a number, an extension; empty: anonymous. */
  readonly caller: string;
  readonly callerName: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What the caller types each time that a code is asked for; nothing: no digit. */
  readonly digits: readonly string[];
  readonly replies: ReadonlyMap<string, TypedReply>;
  /** By extension, or by number for outside ones. */
  readonly phones: ReadonlyMap<string, PhoneState>;
}

/** What became of it. */
export interface Simulated {
  readonly trace: readonly TraceEntry[];
  /** Who answered, in words; undefined: nobody. */
  readonly answeredBy: string | undefined;
  /** The last sentence. */
  readonly reason: string;
  /** What the ringing phone shows. */
  readonly shown: { readonly name: string; readonly number: string } | undefined;
  /** Extensions and numbers that were rung. */
  readonly rung: readonly string[];
}

/** What a receiver answers of whom nothing is said. */
export const STANDARD_REPLY: TypedReply = { text: "status=ACK", status: 200, elapsedMs: 84 };
/** Nobody asks more often than a walk may take steps. */
const MOST_TURNS = 2000;

/** Walks a plan with a call, as a real one is walked; only what happens outside is made up. Pure. */
export function simulate(
  document: RawPlan,
  directory: Directory,
  call: SimulatedCall,
): Simulated | undefined {
  const compiled = compile(document, directory);
  if (!compiled.ok) return undefined;
  const plan = compiled.value;
  const surroundings = { directory: { ...directory, plans: new Map() }, now: call.at };
  const facts = {
    callId: "simulated",
    did: call.did,
    caller: callerOf(call.caller, directory),
    callerName: call.callerName,
  };
  const trace: TraceEntry[] = [];
  const rung: string[] = [];
  let digits = 0;
  let ringing: Extract<Command, { readonly type: "ring" }> | undefined;
  let turn = begin(plan, facts, surroundings);
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    trace.push(...turn.trace);
    const { command } = turn;
    if (command.type === "connected" || command.type === "hangUp") break;
    if (command.type === "ring") {
      ringing = command;
      rung.push(...command.targets.map(targetName));
    }
    const outcome = outcomeOf(command, call, call.digits[digits] ?? "");
    if (command.type === "collect") digits += 1;
    turn = resume(plan, turn.walk, outcome, surroundings);
  }
  const isAnswered = turn.command.type === "connected";
  const who = isAnswered && ringing !== undefined ? answering(ringing.targets, call) : undefined;
  return {
    trace,
    answeredBy: who === undefined ? undefined : describe(who, directory),
    reason: trace.at(-1)?.text ?? "",
    shown:
      isAnswered && ringing !== undefined
        ? {
            name: ringing.callerIdForwarding === "suppressed" ? "" : ringing.callerName,
            number: shownNumber(ringing, call),
          }
        : undefined,
    rung,
  };
}

function callerOf(text: string, directory: Directory): Caller {
  const bare = text.trim();
  if (bare === "") return { kind: "anonymous" };
  if (directory.phones.has(bare)) return { kind: "internal", extension: bare };
  const understood = understandNumber(bare, directory.home.country);
  return understood.ok
    ? { kind: "external", number: understood.value }
    : { kind: "other", id: bare.slice(0, 64) };
}

function outcomeOf(
  command: Exclude<Command, { readonly type: "connected" | "hangUp" }>,
  call: SimulatedCall,
  digits: string,
): Outcome {
  switch (command.type) {
    case "ring":
    case "follow":
      return ringOutcome(command.targets, call);
    case "request":
      return { type: "replied", result: replyOf(command, call) };
    case "play":
      return { type: "played" };
    case "collect":
      return { type: "collected", digits, ended: digits === "" ? "timeout" : "hash" };
  }
}

const RESULTS: Readonly<Record<PhoneState, readonly [RingResult, number]>> = {
  answers: ["answered", 200],
  busy: ["busy", 486],
  rejects: ["rejected", 603],
  noAnswer: ["timeout", 487],
  offline: ["unavailable", 480],
};
/** Of several the one that says most. */
const ORDER: readonly PhoneState[] = ["answers", "busy", "rejects", "noAnswer", "offline"];

export function stateOf(target: RingTarget, { phones }: SimulatedCall): PhoneState {
  return phones.get(targetName(target)) ?? "answers";
}

function ringOutcome(targets: readonly RingTarget[], call: SimulatedCall): Outcome {
  const states = targets.map((target) => stateOf(target, call));
  const state = ORDER.find((one) => states.includes(one)) ?? "offline";
  const [result, status] = RESULTS[state];
  return { type: "rang", result, status: result === "timeout" ? 0 : status, detail: "" };
}

function replyOf(
  command: Extract<Command, { readonly type: "request" }>,
  { replies }: SimulatedCall,
): WebhookResult {
  const { text, status, elapsedMs } = replies.get(command.webhook) ?? STANDARD_REPLY;
  const read = readReply({ status, body: new TextEncoder().encode(text) }, command.values);
  return { ...read, status, url: "", elapsedMs, excerpt: "" };
}

function answering(targets: readonly RingTarget[], call: SimulatedCall): RingTarget | undefined {
  return targets.find((target) => stateOf(target, call) === "answers");
}

function describe(target: RingTarget, directory: Directory): string {
  if (target.kind === "external") return target.number;
  return [target.extension, directory.phones.get(target.extension)?.name ?? ""].join(" ").trim();
}

function shownNumber(ringing: Extract<Command, { readonly type: "ring" }>, call: SimulatedCall): string {
  if (ringing.callerIdForwarding === "called") return call.did;
  return ringing.callerIdForwarding === "suppressed" ? "" : call.caller;
}
