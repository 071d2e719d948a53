import { branchesOf } from "../../../../../src/dialplan/outline.ts";
import { kindNamed } from "../../../../../src/dialplan/steps/registry.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { same as isSame } from "../../../lib/merge.ts";
import { ownKeys, pair } from "./align.ts";
import { listAt, putList } from "./branch-lists.ts";
import type { RawPlan } from "./outline.ts";

export type Side = "mine" | "theirs";

/** Both sides changed the same thing in different ways: somebody has to choose. */
export interface Conflict {
  /** Stays the same while choices are made: its place in the version that both began with. */
  readonly id: string;
  /** The step that it is in, as it was; undefined for the plan itself. */
  readonly step: RawStep | undefined;
  /** The key that both changed; undefined where one side removed the step that the other changed. */
  readonly key: string | undefined;
  readonly before: unknown;
  /** Undefined: removed, or left out. */
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** Two versions of a plan in one. */
export interface Merged {
  readonly plan: RawPlan;
  readonly conflicts: readonly Conflict[];
}

/**
 * Puts two versions together that began with the same one. What only one side changed is taken from it; what both changed is
 * a conflict, and goes by `choices` (else as `mine` has it).
 */
export function merge(
  base: RawPlan,
  mine: RawPlan,
  theirs: RawPlan,
  choices: ReadonlyMap<string, Side> = new Map(),
): Merged {
  const merging: Merging = { choices, conflicts: [] };
  const steps = mergedSteps(base.steps, mine.steps, theirs.steps, ["steps"], merging);
  const name = mergedValue(
    { step: undefined, key: "name" },
    [base.name, mine.name, theirs.name],
    [],
    merging,
  );
  return { plan: { name: String(name), steps }, conflicts: merging.conflicts };
}

interface Merging {
  readonly choices: ReadonlyMap<string, Side>;
  readonly conflicts: Conflict[];
}

type Path = readonly (string | number)[];
type Three = readonly [before: unknown, mine: unknown, theirs: unknown];

function mergedValue(
  about: Pick<Conflict, "step" | "key">,
  [before, mine, theirs]: Three,
  path: Path,
  { choices, conflicts }: Merging,
): unknown {
  if (isSame(mine, theirs) || isSame(before, theirs)) return mine;
  if (isSame(before, mine)) return theirs;
  const id = [...path, about.key ?? ""].join("/");
  conflicts.push({ id, ...about, before, mine, theirs });
  return choices.get(id) === "theirs" ? theirs : mine;
}

function mergedSteps(
  base: readonly RawStep[],
  mine: readonly RawStep[],
  theirs: readonly RawStep[],
  path: Path,
  merging: Merging,
): readonly RawStep[] {
  const inMine = new Map(pair(base, mine));
  const inTheirs = new Map(pair(base, theirs));
  const steps: RawStep[] = [];
  let fromMine = 0;
  let fromTheirs = 0;
  /** What each side put in before these places. */
  const putIn = (untilMine: number, untilTheirs: number): void => {
    const added = theirs.slice(fromTheirs, untilTheirs);
    const own = mine.slice(fromMine, untilMine).filter((step) => !added.some((other) => isSame(step, other)));
    // What must be last stays so where only one side put it in.
    const isEnding = added.some((step) => (kindNamed(step.type)?.follow ?? "yes") !== "yes");
    steps.push(...(isEnding ? [...own, ...added] : [...added, ...own]));
    fromMine = untilMine;
    fromTheirs = untilTheirs;
  };
  for (const [index, before] of base.entries()) {
    const atMine = inMine.get(index);
    const atTheirs = inTheirs.get(index);
    putIn(atMine ?? fromMine, atTheirs ?? fromTheirs);
    const three = [before, mine[atMine ?? -1], theirs[atTheirs ?? -1]] as const;
    const step = mergedStep(three, [...path, index], merging);
    if (step !== undefined) steps.push(step);
    if (atMine !== undefined) fromMine = atMine + 1;
    if (atTheirs !== undefined) fromTheirs = atTheirs + 1;
  }
  putIn(mine.length, theirs.length);
  return steps;
}

function mergedStep(
  [before, mine, theirs]: readonly [RawStep, RawStep | undefined, RawStep | undefined],
  path: Path,
  merging: Merging,
): RawStep | undefined {
  if (mine === undefined || theirs === undefined) {
    const about = { step: before, key: undefined };
    return mergedValue(about, [before, mine, theirs], path, merging) as RawStep | undefined;
  }
  if (isSame(mine, theirs) || isSame(before, theirs)) return mine;
  if (isSame(before, mine)) return theirs;
  const step: Record<string, unknown> = {};
  for (const key of new Set([before, mine, theirs].flatMap(ownKeys))) {
    const value = mergedValue({ step: before, key }, [before[key], mine[key], theirs[key]], path, merging);
    if (value !== undefined) step[key] = value;
  }
  for (const { path: branch } of branchesOf(step)) {
    const [three, four, five] = [before, mine, theirs].map((one) => listAt(one, branch));
    putList(step, branch, mergedSteps(three ?? [], four ?? [], five ?? [], [...path, ...branch], merging));
  }
  return step;
}
