import { cleanDisplayName } from "../lib/display-name.ts";
import type { CallFacts } from "./call-facts.ts";
import type { Command } from "./command.ts";
import type { Directory } from "./directory.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { kindOf } from "./steps/registry.ts";
import { END, type Move } from "./steps/step.ts";
import type { TraceEntry } from "./trace.ts";
import { MAX_TAKEN, type Turn, WAITS, type Walk } from "./walk-state.ts";
import { walkWords } from "./walk-words.ts";
import { speaker } from "./words.ts";

const say = speaker(walkWords);

/** What every turn is taken with. */
export interface Surroundings {
  readonly directory: Directory;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Enters a plan with a call: gives the first command to perform. Pure. */
export function begin(plan: Plan, facts: CallFacts, surroundings: Surroundings): Turn {
  const callerName = cleanDisplayName(facts.callerName);
  const walk: Walk = {
    facts: callerName === facts.callerName ? facts : { ...facts, callerName },
    at: END,
    waitingFor: "nothing",
    own: undefined,
    callerName,
    callerIdForwarding: "caller",
    returned: { destination: "", callerName: "" },
    lastRing: "none",
    taken: 0,
  };
  return enterFrom(plan, surroundings, walk, plan.steps.length > 0 ? 0 : END, []);
}

/**
 * Goes on with the outcome of the last command: gives the next command. Pure. The last command of a walk is
 * `connected` or `hangUp`; resuming after it, or with an outcome of another command, is a bug and throws.
 */
export function resume(plan: Plan, walk: Walk, outcome: Outcome, surroundings: Surroundings): Turn {
  const step = plan.steps[walk.at];
  if (walk.waitingFor === "nothing" || step === undefined) throw new Error("this walk has ended");
  const kind = kindOf(step.type);
  if (outcome.type === "callerHungUp") {
    const trace = say(step, kind.label(step), "plan.callerHungUp", {});
    const command: Command = { type: "hangUp", step: step.number, status: 487, reason: "caller hung up" };
    return end(walk, command, [trace]);
  }
  if (!answers(outcome.type, walk.waitingFor) || kind.resume === undefined) {
    throw new Error(`step ${step.number} waits for "${walk.waitingFor}", not for "${outcome.type}"`);
  }
  const move = kind.resume(step, { ...surroundings, walk, own: walk.own }, outcome);
  if (move.kind === "go") return enterFrom(plan, surroundings, move.walk, move.to, [...move.trace]);
  // What a phone forwards to is no turn of the plan: forwards have a limit of their own (steps/forwarding.ts).
  if (outcome.type === "forwarded") return finish(move, walk.at, walk.taken, [...move.trace]);
  if (move.kind === "ask" && walk.taken >= MAX_TAKEN) return overrun(plan, move.walk, move.trace);
  return finish(move, walk.at, walk.taken + 1, [...move.trace]);
}

/** Whether an outcome is one of the command that a walk waits for; sound can always fail, who rings can always forward. */
function answers(type: Outcome["type"], waitingFor: Walk["waitingFor"]): boolean {
  if (type === "forwarded") return waitingFor === "rang";
  if (type === "mediaFailed") return waitingFor === "played" || waitingFor === "collected";
  return type === waitingFor;
}

/** Enters steps until one asks for something or the walk ends. */
function enterFrom(
  plan: Plan,
  { directory, now }: Surroundings,
  start: Walk,
  from: number,
  trace: TraceEntry[],
): Turn {
  let walk = start;
  let at = from;
  let { taken } = start;
  for (;;) {
    const step = plan.steps[at];
    if (step === undefined) return endOfPlan(plan, walk, trace);
    taken += 1;
    if (taken > MAX_TAKEN) return overrun(plan, walk, trace);
    const move = kindOf(step.type).enter(step, { walk, own: undefined, directory, now });
    trace.push(...move.trace);
    if (move.kind !== "go") return finish(move, at, taken, trace);
    walk = move.walk;
    at = move.to;
  }
}

/** An ask or an end, with the place and the count written into the walk. */
function finish(
  move: Exclude<Move, { readonly kind: "go" }>,
  at: number,
  taken: number,
  trace: readonly TraceEntry[],
): Turn {
  if (move.kind === "end") return end({ ...move.walk, at, taken }, move.command, trace);
  const { walk, own, command } = move;
  return { walk: { ...walk, at, taken, own, waitingFor: WAITS[command.type] }, command, trace };
}

function end(walk: Walk, command: Command, trace: readonly TraceEntry[]): Turn {
  return { walk: { ...walk, waitingFor: "nothing", own: undefined }, command, trace };
}

/** dialplan.md: 486 if the last outcome was busy, else 480. */
function endOfPlan(plan: Plan, walk: Walk, trace: readonly TraceEntry[]): Turn {
  const [status, code] =
    walk.lastRing === "busy"
      ? ([486, "plan.lastWasBusy"] as const)
      : ([480, walk.lastRing === "none" ? "plan.nobodyRung" : "plan.nobodyAnswered"] as const);
  return endWith(status, say(subject, labelOf(plan), code, { status }), walk, trace);
}

function overrun(plan: Plan, walk: Walk, trace: readonly TraceEntry[]): Turn {
  const args = { status: 480, most: MAX_TAKEN };
  return endWith(480, say(subject, labelOf(plan), "plan.tooManySteps", args), walk, trace);
}

const subject = { number: "", type: "plan" } as const;

function labelOf(plan: Plan): string {
  return `Plan "${plan.name}"`;
}

function endWith(status: number, entry: TraceEntry, walk: Walk, trace: readonly TraceEntry[]): Turn {
  return end(walk, { type: "hangUp", step: undefined, status, reason: entry.text }, [...trace, entry]);
}
