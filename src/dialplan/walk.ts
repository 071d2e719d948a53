import { said } from "../lib/said.ts";
import type { CallFacts } from "./call-facts.ts";
import type { Command } from "./command.ts";
import { frameOf, planOf, planToEnter, popped, pushed, type WalkDirectory } from "./frames.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { kindOf } from "./steps/registry.ts";
import { END, type Move } from "./steps/step.ts";
import type { ToldEntry, TraceEntry } from "./trace.ts";
import { MAX_FRAMES, MAX_TAKEN, type Turn, WAITS, type Walk } from "./walk-state.ts";
import { walkWords } from "./walk-words.ts";
import { placedIn, saidOf, speaker } from "./words.ts";

const say = speaker(walkWords);

/** What every turn is taken with. */
export interface Surroundings {
  readonly directory: WalkDirectory;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Enters a plan with a call: gives the first command to perform. Pure. What the specification leaves open: docs/adr/0009. */
export function begin(plan: Plan, facts: CallFacts, surroundings: Surroundings): Turn {
  const walk: Walk = {
    facts,
    frames: [frameOf(plan)],
    at: END,
    waitingFor: "nothing",
    own: undefined,
    callerName: facts.callerName,
    callerIdForwarding: "caller",
    returned: { destination: "", callerName: "" },
    lastRing: "none",
    taken: 0,
  };
  const to = plan.steps.length > 0 ? 0 : END;
  return go(plan, surroundings, { kind: "go", walk, to, trace: [] }, walk);
}

/**
 * Goes on with the outcome of the last command: gives the next command. `root` is the plan that took the call. Pure. The
 * last command of a walk is `connected` or `hangUp`; resuming after it, or with an outcome of another command, is a bug and
 * throws, as is another version of a plan than the one that the walk is in.
 */
export function resume(root: Plan, walk: Walk, outcome: Outcome, surroundings: Surroundings): Turn {
  const plan = planOf(walk, root, surroundings.directory);
  const step = plan.steps[walk.at];
  if (walk.waitingFor === "nothing" || step === undefined) throw new Error("this walk has ended");
  const kind = kindOf(step.type);
  if (outcome.type === "callerHungUp") {
    const trace = say(step, kind.label(step), "plan.callerHungUp", {});
    const why = said(walkWords, "plan.callerHungUp", {});
    const command: Command = { type: "hangUp", step: step.number, status: 487, why };
    return end(walk, command, placed(walk, [trace]));
  }
  if (!answers(outcome.type, walk.waitingFor) || kind.resume === undefined) {
    throw new Error(`step ${step.number} waits for "${walk.waitingFor}", not for "${outcome.type}"`);
  }
  const move = kind.resume(step, { ...surroundings, walk, own: walk.own }, outcome);
  // What a phone forwards to is no turn of the plan: forwards have a limit of their own (steps/forwarding.ts).
  const counted = outcome.type === "forwarded" || move.kind !== "ask" ? 0 : 1;
  if (counted > 0 && walk.taken >= MAX_TAKEN) return overrun(plan, move.walk, placed(walk, move.trace));
  return go(root, surroundings, move, { ...walk, taken: walk.taken + counted });
}

/** Whether an outcome is one of the command that a walk waits for; sound can always fail, who rings can always forward. */
function answers(type: Outcome["type"], waitingFor: Walk["waitingFor"]): boolean {
  if (type === "forwarded") return waitingFor === "rang";
  if (type === "mediaFailed") return waitingFor === "played" || waitingFor === "collected";
  return type === waitingFor;
}

/** Makes a move, and enters steps until one asks for something or the walk ends. `from`: where the move was made. */
function go(
  root: Plan,
  surroundings: Surroundings,
  first: Move,
  from: Pick<Walk, "at" | "taken" | "frames">,
): Turn {
  const { directory } = surroundings;
  const trace: TraceEntry[] = [];
  let move = first;
  let { at, taken } = from;
  trace.push(...placed(from, move.trace));
  for (;;) {
    if (move.kind === "ask" || move.kind === "end") return finish(move, at, taken, trace);
    const next: Landing =
      move.kind === "enter" ? landed(move, at, root, directory) : { walk: move.walk, at: move.to, trace: [] };
    trace.push(...next.trace);
    const ended = next.at === END ? popped(next.walk) : next;
    if (ended === undefined) return endOfPlan(root, next.walk, trace);
    if (ended !== next) trace.push(left(next.walk, ended.walk));
    const { walk } = ended;
    at = ended.at;
    const plan = planOf(walk, root, directory);
    const step = plan.steps[at];
    if (step === undefined) throw new Error(`the plan "${plan.name}" has no step ${at}`);
    taken += 1;
    if (taken > MAX_TAKEN) return overrun(root, walk, trace);
    move = kindOf(step.type).enter(step, { ...surroundings, walk, own: undefined });
    trace.push(...placed(walk, move.trace));
  }
}

/** A place in a plan that a move leads to, with what is said of the way. */
interface Landing {
  readonly walk: Walk;
  readonly at: number;
  readonly trace: readonly TraceEntry[];
}

/** The first step of the plan that the step at `at` leads to; where it is not entered, what comes instead. */
function landed(
  move: Extract<Move, { readonly kind: "enter" }>,
  at: number,
  root: Plan,
  directory: WalkDirectory,
): Landing {
  const { walk, plan: name, then } = move;
  const step = planOf(walk, root, directory).steps[at];
  const label = step === undefined ? "" : kindOf(step.type).label(step);
  const plan = planToEnter(move, directory);
  if (typeof plan === "string") {
    const entry = say(step ?? subject, label, plan, { plan: name, most: MAX_FRAMES });
    return { walk, at: then, trace: placed(walk, [entry]) };
  }
  const entry = say(step ?? subject, label, "plan.entered", { plan: name, version: plan.version });
  return {
    walk: pushed(walk, plan, then),
    at: plan.steps.length > 0 ? 0 : END,
    trace: placed(walk, [entry]),
  };
}

function left(before: Walk, after: Walk): TraceEntry {
  const plan = before.frames.at(-1)?.plan ?? "";
  return say(subject, `Plan "${plan}"`, "plan.left", { plan, into: after.frames.at(-1)?.plan ?? "" });
}

/** The entries with their plan, where that is not the one that took the call. */
function placed({ frames }: Pick<Walk, "frames">, trace: readonly TraceEntry[]): readonly TraceEntry[] {
  const frame = frames.length > 1 ? frames.at(-1) : undefined;
  return frame === undefined ? trace : trace.map((entry) => placedIn(frame.plan, entry));
}

/** An ask or an end, with the place and the count written into the walk. */
function finish(
  move: Extract<Move, { readonly kind: "ask" | "end" }>,
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

function endWith(status: number, entry: ToldEntry, walk: Walk, trace: readonly TraceEntry[]): Turn {
  return end(walk, { type: "hangUp", step: undefined, status, why: saidOf(entry) }, [...trace, entry]);
}
