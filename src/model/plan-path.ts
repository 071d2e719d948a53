import { OWN_PLAN } from "../dialplan/plan.ts";
import { type TakenStep, takenSteps } from "../dialplan/taken-steps.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import type { CallRecord, StoryEvent } from "./call-record.ts";

/** The steps of one plan that a call has taken. */
export interface PlanPath {
  readonly callId: string;
  readonly planId: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly path: readonly PathStep[];
  /** The call is still up: the rest comes at its end. */
  readonly isOpen: boolean;
}

/** A step by its number; in what of it somebody answered. */
export type PathStep = Pick<TakenStep, "step" | "answered">;

/** A plan by its name, as it is when the call is stored. */
export type FindPlan = (name: string) => FoundPlan | undefined;

interface FoundPlan {
  readonly id: string;
  readonly revision: number;
}

/** A path is stored as numbers with blanks between them, a star behind those where somebody answered: `1 2 2.1.1*`. */
export function writePath(path: readonly PathStep[]): string {
  return path.map(({ step, answered }) => (answered ? `${step}*` : step)).join(" ");
}

export function readPath(text: string): readonly PathStep[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => ({ step: word.replace("*", ""), answered: word.endsWith("*") }));
}

/** What a story tells of the way through one plan. */
export interface ToldPath {
  readonly plan: string;
  /** Undefined: the story does not say. */
  readonly planId: string | undefined;
  readonly version: number | undefined;
  readonly path: readonly PathStep[];
}

/** What a call has taken of each plan that it was in; `plan`: the one that took it. */
export function toldPaths(events: readonly StoryEvent[], plan: string): readonly ToldPath[] {
  const versions = new Map<string, number>();
  const ids = new Map<string, string>();
  const entries: TraceEntry[] = [];
  for (const event of events) {
    if (event.type === "plan") {
      versions.set(event.plan, event.version);
      if (event.planId !== undefined) ids.set(event.plan, event.planId);
    }
    if (event.type !== "step") continue;
    const { entry } = event;
    entries.push(entry);
    const { plan: entered, version } = entry.args ?? {};
    if (entry.code === "plan.entered" && typeof entered === "string" && typeof version === "number")
      versions.set(entered, version);
  }
  if (versions.get(plan) === OWN_PLAN) return [];
  const byPlan = new Map(Map.groupBy(takenSteps(entries), (taken) => taken.plan ?? plan));
  // Of a call that is told in parts only the first says which version it took, and it may have taken no step by then.
  if (versions.has(plan) && !byPlan.has(plan)) byPlan.set(plan, []);
  return [...byPlan].map(([name, path]) => ({
    plan: name,
    planId: ids.get(name),
    version: versions.get(name),
    path,
  }));
}

type ToldCall = Pick<CallRecord, "id" | "startedAt" | "result"> & { readonly paths: readonly ToldPath[] };

/** The same as it is stored: each plan by its id. */
export function planPathsOf(
  { id: callId, startedAt, result, paths }: ToldCall,
  findPlan: FindPlan,
): readonly PlanPath[] {
  return paths.flatMap(({ plan, planId, version, path }) => {
    const found = findPlan(plan);
    const known = planId ?? found?.id;
    if (known === undefined) return [];
    const own = version ?? found?.revision ?? 0;
    return [{ callId, planId: known, version: own, startedAt, path, isOpen: result === "ongoing" }];
  });
}

/** Of calls that are up and were told in part; what is more is told by the names that plans have now. */
const MOST_OPEN = 10_000;

/**
 * The paths of calls that may be told in parts. Only the first part says which plan a name means: by the time of the next one
 * that plan may have another name, and another plan this one.
 */
export class PlanPaths {
  readonly #findPlan: FindPlan;
  /** What names mean in calls that are up. */
  readonly #open = new Map<string, readonly Meant[]>();

  constructor(findPlan: FindPlan) {
    this.#findPlan = findPlan;
  }

  of(call: ToldCall): readonly PlanPath[] {
    const meant = this.#open.get(call.id);
    const find: FindPlan = (name) => meant?.find((one) => one.name === name)?.plan ?? this.#findPlan(name);
    if (call.result === "ongoing") this.#open.set(call.id, meantBy(call, find, meant));
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(oldest);
    }
    return planPathsOf(call, find);
  }

  /** These are written: of those that have ended nothing more is told. */
  written(calls: readonly Pick<ToldCall, "id" | "result">[]): void {
    for (const { id, result } of calls) if (result !== "ongoing") this.#open.delete(id);
  }
}

/** What the name of a plan means in a call. In short lists, as there is one for each call that is up. */
interface Meant {
  readonly name: string;
  readonly plan: FoundPlan;
}

/** What was known `before`, and what this part of the call says. */
function meantBy({ paths }: ToldCall, find: FindPlan, before: readonly Meant[] = []): readonly Meant[] {
  const said = paths.flatMap(({ plan: name, planId, version }): readonly Meant[] => {
    const found = find(name);
    const id = planId ?? found?.id;
    return id === undefined ? [] : [{ name, plan: { id, revision: version ?? found?.revision ?? 0 } }];
  });
  // As long as what is in it, which a list that has grown is not.
  return before.filter(({ name }) => !said.some((one) => one.name === name)).concat(said);
}
