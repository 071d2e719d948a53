import type { Caller, CallFacts } from "../dialplan/call-facts.ts";
import { type Command, type RingTarget, targetName } from "../dialplan/command.ts";
import { understandNumber } from "../dialplan/number.ts";
import type { Outcome, WebhookResult } from "../dialplan/outcome.ts";
import { OWN_PLAN, type Plan } from "../dialplan/plan.ts";
import { type TakenStep, takenSteps } from "../dialplan/taken-steps.ts";
import { begin, resume, type Surroundings } from "../dialplan/walk.ts";
import type { Turn, Walk } from "../dialplan/walk-state.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import { wordsOf } from "../lib/said.ts";
import type { CallResult, StoryEvent } from "../model/call-record.ts";
import { endReason } from "../model/end-words.ts";
import { isServedCaller, type PlanEnd, planEnd } from "../model/plan-end.ts";
import { decodeTrace, encodeTrace } from "../model/trace-bytes.ts";
import { Tried } from "../model/tried.ts";
import { turnedAway, type Way, wayDialled, wayToNumber } from "../model/way.ts";
import type { PartyState, SimulatedCall } from "./given.ts";
import { typeKeys } from "./keys.ts";
import { type AskedWebhook, maskedUrl, resultOf } from "./reply.ts";
import { Ringing } from "./ring.ts";
import type { World } from "./world.ts";

/** What would come of a call (docs/adr/0070). */
export interface Simulation {
  /** The events that a record would have, but for those of SIP and sound; plain values, times from the call's beginning. */
  readonly story: readonly StoryEvent[];
  /** The steps that were taken, in their order. */
  readonly path: readonly TakenStep[];
  /** Undefined where it could not go on: `wanted` says what for. */
  readonly verdict: Verdict | undefined;
  /** What was rung, as the walk commanded it, in its order. */
  readonly rings: readonly RingCommand[];
  /** A webhook that is to be asked before it can go on: with what came of it the simulation is run again. */
  readonly wanted: AskedWebhook | undefined;
}

export type RingCommand = Extract<Command, { type: "ring" }>;

/** How the call would end. */
export interface Verdict {
  /** `completed`: somebody answered. */
  readonly result: CallResult;
  /** A sentence without its stop. */
  readonly reason: string;
  /** Who answered, in words. */
  readonly answeredBy: string | undefined;
  /** What a caller is told whom nobody has answered. */
  readonly status: number | undefined;
}

/** Says how stories call whoever is rung; by default `phone 215` and `+31201234567 through trunk "provider"`. */
export type LabelOf = (target: RingTarget) => string;

/**
 * Walks a call through a company in no time, with the very code of a real call: the same decisions, in the same sentences.
 * Pure. Runs in a browser.
 */
export function simulate(world: World, call: SimulatedCall, labelOf?: LabelOf): Simulation {
  return new Simulator(world, call, labelOf).run();
}

const NO_CALL_ID = "0".repeat(32);
/** How long a message lasts of which nothing is known. */
const MESSAGE_MS = 2000;

class Simulator {
  readonly #world: World;
  readonly #call: SimulatedCall;
  readonly #labelOf: LabelOf;
  readonly #story: StoryEvent[] = [];
  readonly #tried = new Tried();
  /** How often each webhook was asked. */
  readonly #requests = new Map<string, number>();
  /** In how many ringings each party was rung. */
  readonly #rung = new Map<string, number>();
  readonly #rings: RingCommand[] = [];
  #typed = 0;
  #now = 0;
  #walk: Walk | undefined;
  /** What for, when it last went on. */
  #waitedFor: Walk["waitingFor"] | undefined;
  #answeredBy: string | undefined;
  /** We have answered the caller, to play it something. */
  #isAnswered = false;

  constructor(world: World, call: SimulatedCall, labelOf: LabelOf | undefined) {
    this.#world = world;
    this.#call = call;
    this.#labelOf = labelOf ?? ((target) => labelIn(world, target));
  }

  run(): Simulation {
    const { caller, callerName } = callerOf(this.#call, this.#world);
    const way = wayOf(this.#call, caller, this.#world);
    const { received, called: did, matched, plan } = way;
    this.#tell({ type: "number", received, understood: did, matched });
    if (way.refusal !== undefined || plan === undefined) {
      const { status, why } = way.refusal ?? {
        status: 404,
        why: endReason("refused.noPlan", { number: did }),
      };
      return this.#ended({ status, result: "refused", reason: why }, "switchhook");
    }
    this.#tell({ type: "plan", plan: plan.name, version: plan.version });
    return this.#run(plan, { callId: this.#call.callId ?? NO_CALL_ID, did, caller, callerName });
  }

  #run(plan: Plan, facts: CallFacts): Simulation {
    let command = this.#take(begin(plan, facts, this.#surroundings));
    for (;;) {
      if (command.type === "connected") return this.#connected();
      if (command.type === "hangUp") return this.#hungUp(command, plan);
      const outcome = this.#perform(command, plan);
      if (outcome.type === "wanted") return this.#seen({ verdict: undefined, wanted: outcome.wanted });
      command = this.#resume(plan, outcome);
    }
  }

  #take({ walk, trace, command }: Turn): Command {
    this.#walk = walk;
    for (const entry of trace) this.#tell({ type: "step", entry });
    this.#tried.saw(trace);
    const last = trace.at(-1);
    if (command.type === "ring" && last !== undefined) this.#tried.step = `step ${last.step} (${last.label})`;
    return command;
  }

  #resume(plan: Plan, outcome: Outcome): Command {
    if (this.#walk === undefined) throw new Error("nothing was begun");
    this.#waitedFor = this.#walk.waitingFor;
    return this.#take(resume(plan, this.#walk, outcome, this.#surroundings));
  }

  #perform(
    command: Command,
    plan: Plan,
  ): Outcome | { readonly type: "wanted"; readonly wanted: AskedWebhook } {
    switch (command.type) {
      case "ring":
        return this.#ring(command, plan);
      case "request":
        return this.#request(command);
      case "play":
        this.#isAnswered = true;
        return this.#lasting(this.#lengthOf(command.message), { type: "played" });
      case "collect":
        return this.#collect(command);
      default:
        throw new Error(`${command.type} is nothing to perform`);
    }
  }

  #collect({ rule, message }: Extract<Command, { type: "collect" }>): Outcome {
    const { digits: typed, typingMs } = this.#call;
    const at = this.#typed;
    this.#typed += 1;
    this.#isAnswered = true;
    const messageMs = message === undefined ? undefined : this.#lengthOf(message);
    const { tookMs, digits, ended } = typeKeys(rule, typed[at] ?? "", messageMs);
    return this.#lasting(typingMs?.[at] ?? tookMs, { type: "collected", digits, ended });
  }

  #lengthOf(message: string): number {
    const { messagesMs = {} } = this.#call;
    return (Object.hasOwn(messagesMs, message) ? messagesMs[message] : undefined) ?? MESSAGE_MS;
  }

  /** What comes of something that takes a while, unless the caller has enough before. */
  #lasting(tookMs: number, outcome: Outcome): Outcome {
    if (tookMs >= this.#patienceMs) {
      this.#now += this.#patienceMs;
      return { type: "callerHungUp" };
    }
    this.#now += tookMs;
    return outcome;
  }

  #ring(command: RingCommand, plan: Plan): Outcome {
    const { trunks, outboundTrunk } = this.#world;
    const began = this.#now;
    this.#rings.push(command);
    const states = new Map<string, PartyState>();
    const rang = new Ringing(command, {
      stateOf: (target) => this.#stateOf(targetName(target), states),
      labelOf: this.#labelOf,
      hasTrunk: trunks.some(({ name }) => name === outboundTrunk),
      patienceMs: this.#patienceMs,
      forwarded: (forward, afterMs) => {
        this.#now = began + afterMs;
        const follow = this.#resume(plan, { type: "forwarded", forward });
        if (follow.type !== "follow") throw new Error(`a forward was answered with ${follow.type}`);
        return follow;
      },
    }).run();
    this.#now = began + rang.tookMs;
    if (rang.gone) return { type: "callerHungUp" };
    const { gone: _gone, tookMs: _tookMs, ...came } = rang;
    const { result, status, detail } = came;
    if (result === "answered") this.#answeredBy = wordsOf(detail);
    else this.#tried.rang(result, status, detail);
    return { type: "rang", ...came };
  }

  /** What a party does, the same all through a ringing; `states`: what is known of this one. */
  #stateOf(party: string, states: Map<string, PartyState>): PartyState {
    const known = states.get(party);
    if (known !== undefined) return known;
    const given = this.#call.phones[party] ?? ANSWERS;
    const state = inTurn("does" in given ? [given] : given, timesBefore(this.#rung, party)) ?? ANSWERS;
    states.set(party, state);
    return state;
  }

  #request(
    command: Extract<Command, { type: "request" }>,
  ): Outcome | { readonly type: "wanted"; readonly wanted: AskedWebhook } {
    const { webhook, values } = command;
    const { replies, ask = [] } = this.#call;
    const called = this.#world.webhooks.get(webhook);
    const urlTemplate = called?.urlTemplate;
    const by = called?.method === "POST" ? ({ method: called.method } as const) : {};
    const at = timesBefore(this.#requests, webhook);
    const own = Object.hasOwn(replies, webhook) ? (replies[webhook] ?? []) : [];
    const asks = ask.includes(webhook);
    if (asks && called?.ignoreAnswer !== true && urlTemplate !== undefined && own[at] === undefined)
      return { type: "wanted", wanted: { webhook, values } };
    const given = asks ? own[at] : inTurn(own, at);
    if (urlTemplate !== undefined)
      this.#tell({ type: "asked", webhook, url: maskedUrl({ webhook, values }, urlTemplate), ...by });
    const result = resultOf({ webhook, values }, given, called);
    const outcome = this.#lasting(result.elapsedMs, { type: "replied", result });
    if (outcome.type === "replied") this.#tell({ ...repliedEvent(webhook, result), ...by });
    return outcome;
  }

  get #patienceMs(): number {
    return (this.#call.hangsUpAfterMs ?? Number.POSITIVE_INFINITY) - this.#now;
  }

  get #surroundings(): Surroundings {
    return { directory: this.#world, now: this.#call.at + this.#now };
  }

  #tell(event: Untimed): void {
    this.#story.push({ ...event, atMs: this.#now });
  }

  #connected(): Simulation {
    const { reason } = this.#tried.because(endReason("end.answered", { step: this.#tried.step }), true);
    const verdict = { result: "completed", reason, answeredBy: this.#answeredBy, status: undefined } as const;
    return this.#seen({ verdict, wanted: undefined });
  }

  #hungUp({ status, why }: Extract<Command, { type: "hangUp" }>, plan: Plan): Simulation {
    // Only a caller who left ends a walk so.
    if (status === CALLER_LEFT) {
      const left = isServedCaller(plan, this.#waitedFor, this.#tried)
        ? ({ result: "handled", reason: endReason("end.callerHungUp", {}) } as const)
        : ({ result: "cancelled", reason: endReason("end.callerGaveUp", {}) } as const);
      return this.#ended({ status, ...left }, "caller");
    }
    return this.#ended(planEnd(status, why, this.#tried, plan.version === OWN_PLAN), "switchhook");
  }

  #ended({ status, result, reason }: Omit<PlanEnd, "missed">, by: "caller" | "switchhook"): Simulation {
    const { code, args, reason: text } = reason;
    // A caller who was answered is told by BYE, which has no status.
    this.#tell({
      type: "ended",
      by,
      status: this.#isAnswered ? undefined : status,
      reason: text,
      code,
      args,
    });
    const told = this.#tried.because(reason, false).reason;
    const verdict = { result, reason: told, answeredBy: undefined, status };
    return this.#seen({ verdict, wanted: undefined });
  }

  #seen(end: Pick<Simulation, "verdict" | "wanted">): Simulation {
    // As a record is read back: plain values, with their sentences.
    const { story } = decodeTrace(encodeTrace({ story: this.#story, sip: [] }));
    const entries = story.flatMap((event) => (event.type === "step" ? event.entry : []));
    return { story, path: takenSteps(entries), rings: this.#rings, ...end };
  }
}

/** What a party does of whom nothing is said. */
const ANSWERS: PartyState = { does: "answers" };

/** One of a list for each time; the last again and again. */
function inTurn<One>(list: readonly One[], at: number): One | undefined {
  return list[Math.min(at, list.length - 1)];
}

/** How often something was counted before, this time not among them. */
function timesBefore(counts: Map<string, number>, name: string): number {
  const before = counts.get(name) ?? 0;
  counts.set(name, before + 1);
  return before;
}

/** 487, RFC 3261 §21.4.25. */
const CALLER_LEFT = 487;

type Untimed = StoryEvent extends infer Event ? (Event extends unknown ? Omit<Event, "atMs"> : never) : never;

function repliedEvent(webhook: string, result: WebhookResult): Untimed {
  const { url, verdict, failure, status, elapsedMs, reason, warnings, excerpt } = result;
  const failed = failure === undefined ? {} : { failure };
  const noted = result.notes === undefined ? {} : { notes: result.notes };
  return {
    type: "replied",
    webhook,
    url,
    verdict,
    ...failed,
    status,
    elapsedMs,
    reason,
    warnings,
    ...noted,
    excerpt,
  };
}

/** Who calls: a phone of ours by its extension, a number, nobody who is known, or a word. */
function callerOf(
  { from, callerName }: SimulatedCall,
  world: World,
): Pick<CallFacts, "caller" | "callerName"> {
  const phone = world.phones.get(from);
  if (phone !== undefined)
    return { caller: { kind: "internal", extension: from }, callerName: cleanDisplayName(phone.name) };
  return { caller: outsideCaller(from.trim(), world.home.country), callerName: cleanDisplayName(callerName) };
}

function outsideCaller(from: string, country: string): Caller {
  if (from === "" || from === "anonymous") return { kind: "anonymous" };
  const number = understandNumber(from, country);
  if (number.ok) return { kind: "external", number: number.value };
  const id = cleanDisplayName(from);
  return id === "" ? { kind: "anonymous" } : { kind: "other", id };
}

function wayOf({ number, plan: name }: SimulatedCall, caller: Caller, world: World): Way {
  const received = number.trim();
  if (name !== undefined) return takenBy(name, received, world);
  if (caller.kind === "internal") return wayDialled(received, world);
  const understood = understandNumber(received, world.home.country);
  return understood.ok
    ? wayToNumber(received, understood.value, world)
    : turnedAway(received, 404, endReason("refused.notUnderstood", { why: understood.error }));
}

/** A plan takes the call, whoever was called. */
function takenBy(name: string, received: string, { plans, numbers, home }: World): Way {
  const understood = understandNumber(received, home.country);
  const called = understood.ok ? understood.value : cleanDisplayName(received);
  const matched = numbers.has(called) ? called : `plan "${name}"`;
  return { received, called, matched, plan: plans.get(name), refusal: undefined, emergency: false };
}

function labelIn({ outboundTrunk = "" }: World, target: RingTarget): string {
  return target.kind === "phone"
    ? `phone ${target.extension}`
    : `${target.number} through trunk "${outboundTrunk}"`;
}
