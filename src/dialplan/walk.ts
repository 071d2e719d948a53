import { cleanDisplayName } from "../lib/display-name.ts";
import type { CallFacts } from "./call-facts.ts";
import type { Command } from "./command.ts";
import type { Directory } from "./directory.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { kindOf } from "./steps/registry.ts";
import { END, entryOf, type Move } from "./steps/step.ts";
import type { TraceEntry } from "./trace.ts";
import { MAX_TAKEN, type Turn, type Walk } from "./walk-state.ts";

/** Enters a plan with a call: gives the first command to perform. Pure. */
export function begin(plan: Plan, facts: CallFacts, directory: Directory): Turn {
  const callerName = cleanDisplayName(facts.callerName);
  const walk: Walk = {
    facts: callerName === facts.callerName ? facts : { ...facts, callerName },
    at: END,
    waitingFor: "nothing",
    ringing: [],
    queue: [],
    callerName,
    callerIdForwarding: "caller",
    returned: { destination: "", callerName: "" },
    attempt: 0,
    lastRing: "none",
    taken: 0,
  };
  return enterFrom(plan, walk, plan.steps.length > 0 ? 0 : END, directory, []);
}

/**
 * Goes on with the outcome of the last command: gives the next command. Pure. The last command of a walk is
 * `connected` or `hangUp`; resuming after it, or with an outcome of another command, is a bug and throws.
 */
export function resume(plan: Plan, walk: Walk, outcome: Outcome, directory: Directory): Turn {
  const step = plan.steps[walk.at];
  if (walk.waitingFor === "nothing" || step === undefined) throw new Error("this walk has ended");
  const kind = kindOf(step.type);
  if (outcome.type === "callerHungUp") {
    const trace = entryOf(step, kind.label(step), "The caller hung up.");
    const command: Command = { type: "hangUp", step: step.number, status: 487, reason: "caller hung up" };
    return end(walk, command, [trace]);
  }
  if (!answers(outcome.type, walk.waitingFor) || kind.resume === undefined) {
    throw new Error(`step ${step.number} waits for "${walk.waitingFor}", not for "${outcome.type}"`);
  }
  const move = kind.resume(step, { walk, directory }, outcome);
  if (move.kind === "go") return enterFrom(plan, move.walk, move.to, directory, [...move.trace]);
  if (move.kind === "ask" && walk.taken >= MAX_TAKEN) return overrun(plan, move.walk, move.trace);
  return finish(move, walk.at, walk.taken + 1, [...move.trace]);
}

/** Whether an outcome is one of the command that a walk waits for; sound can always fail. */
function answers(type: Outcome["type"], waitingFor: Walk["waitingFor"]): boolean {
  if (type === "mediaFailed") return waitingFor === "played" || waitingFor === "collected";
  return type === waitingFor;
}

/** Enters steps until one asks for something or the walk ends. */
function enterFrom(plan: Plan, start: Walk, from: number, directory: Directory, trace: TraceEntry[]): Turn {
  let walk = start;
  let at = from;
  let { taken } = start;
  for (;;) {
    const step = plan.steps[at];
    if (step === undefined) return endOfPlan(plan, walk, trace);
    taken += 1;
    if (taken > MAX_TAKEN) return overrun(plan, walk, trace);
    const move = kindOf(step.type).enter(step, { walk, directory });
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
  return { walk: { ...move.walk, at, taken }, command: move.command, trace };
}

function end(walk: Walk, command: Command, trace: readonly TraceEntry[]): Turn {
  return { walk: { ...walk, waitingFor: "nothing", ringing: [], queue: [], attempt: 0 }, command, trace };
}

/** dialplan.md: 486 if the last outcome was busy, else 480. */
function endOfPlan(plan: Plan, walk: Walk, trace: readonly TraceEntry[]): Turn {
  const busy = walk.lastRing === "busy";
  const status = busy ? 486 : 480;
  const reason = busy
    ? "Nobody answered, and the last to be rung was busy."
    : walk.lastRing === "none"
      ? "The plan ended without ringing anybody."
      : "Nobody answered.";
  return endWith(plan, walk, status, reason, trace);
}

function overrun(plan: Plan, walk: Walk, trace: readonly TraceEntry[]): Turn {
  return endWith(plan, walk, 480, `The plan took more than ${MAX_TAKEN} steps and was ended.`, trace);
}

function endWith(plan: Plan, walk: Walk, status: number, reason: string, trace: readonly TraceEntry[]): Turn {
  const entry: TraceEntry = {
    step: "",
    type: "plan",
    label: `Plan "${plan.name}"`,
    text: reason,
    data: { status },
  };
  return end(walk, { type: "hangUp", step: undefined, status, reason }, [...trace, entry]);
}
