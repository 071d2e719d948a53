import type { DocumentPath } from "../../../../../src/dialplan/outline.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { knownAgain } from "./known-again.ts";
import { type Gap, type RawPlan, samePath } from "./outline.ts";
import { sameStep } from "./step-key.ts";

/** A key of a step with the value that it is to have; without one it is to be left out. */
export type KeyValue = readonly [key: string] | readonly [key: string, value: unknown];

/** One change of a plan. Plain data, so that what was done can be kept, undone and done again after a reload. */
export type Edit =
  | { readonly type: "move"; readonly from: DocumentPath; readonly to: Gap }
  | { readonly type: "insert"; readonly at: Gap; readonly steps: readonly RawStep[] }
  | { readonly type: "remove"; readonly at: DocumentPath; readonly count: number }
  | { readonly type: "change"; readonly at: DocumentPath; readonly values: readonly KeyValue[] }
  /** Everything: what a merge or an older version has put in. */
  | { readonly type: "whole"; readonly plan: RawPlan };

/** A plan after an edit. */
export interface Edited {
  readonly plan: RawPlan;
  /** The edit that takes it back. */
  readonly inverse: Edit;
  /** The path of the step that it was about, in the new plan; undefined where none is left. */
  readonly at: DocumentPath | undefined;
}

/** Performs an edit. What may be done is asked before (`refusal`); an edit of a place that is not there throws. */
export function perform(plan: RawPlan, edit: Edit): Edited {
  switch (edit.type) {
    case "move":
      return moveStep(plan, edit.from, edit.to);
    case "insert":
      return {
        plan: spliced(plan, edit.at, 0, edit.steps),
        inverse: { type: "remove", at: edit.at, count: edit.steps.length },
        at: edit.steps.length > 0 ? edit.at : undefined,
      };
    case "remove": {
      const steps = stepsAt(plan, edit.at.slice(0, -1)).slice(
        indexOf(edit.at),
        indexOf(edit.at) + edit.count,
      );
      if (steps.length < edit.count)
        throw new Error(`there are no ${edit.count} steps at ${edit.at.join("/")}`);
      return {
        plan: spliced(plan, edit.at, edit.count, []),
        inverse: { type: "insert", at: edit.at, steps },
        at: undefined,
      };
    }
    case "change":
      return change(plan, edit.at, edit.values);
    case "whole":
      return { plan: knownAgain(edit.plan, plan), inverse: { type: "whole", plan }, at: undefined };
  }
}

/** Moves a step with all below it. The gap is one of the plan as it was before. */
export function moveStep(plan: RawPlan, from: DocumentPath, to: Gap): Edited {
  const index = indexOf(from);
  const step = stepsAt(plan, from.slice(0, -1))[index];
  if (step === undefined) throw new Error(`there is no step at ${from.join("/")}`);
  const target = afterRemoval(to, from);
  const without = spliced(plan, from, 1, []);
  return {
    plan: spliced(without, target, 0, [step]),
    // Where it was, in the plan where it now stands at the target.
    inverse: { type: "move", from: target, to: afterInsertion(from, target) },
    at: target,
  };
}

/** A path when the step at `removed` has gone: what stood behind it on its level has moved up. */
function afterRemoval(path: DocumentPath, removed: DocumentPath): DocumentPath {
  return shifted(path, removed, (index, gone) => (index > gone ? index - 1 : index));
}

/** A path when a step has come in at `inserted`. */
function afterInsertion(path: DocumentPath, inserted: DocumentPath): DocumentPath {
  return shifted(path, inserted, (index, come) => (index >= come ? index + 1 : index));
}

function shifted(
  path: DocumentPath,
  other: DocumentPath,
  shift: (index: number, at: number) => number,
): DocumentPath {
  const place = other.length - 1;
  const index = path[place];
  if (typeof index !== "number" || !samePath(path.slice(0, place), other.slice(0, place))) return path;
  return [...path.slice(0, place), shift(index, indexOf(other)), ...path.slice(place + 1)];
}

function change(plan: RawPlan, at: DocumentPath, values: readonly KeyValue[]): Edited {
  const before = stepsAt(plan, at.slice(0, -1))[indexOf(at)];
  if (before === undefined) throw new Error(`there is no step at ${at.join("/")}`);
  const inverse: Edit = { type: "change", at, values: values.map(([key]) => valueOf(before, key)) };
  return { plan: spliced(plan, at, 1, [withValues(before, values)]), inverse, at };
}

function valueOf(step: RawStep, key: string): KeyValue {
  return Object.hasOwn(step, key) ? [key, step[key]] : [key];
}

/** The step with these values, its other keys where they were. */
export function withValues(step: RawStep, values: readonly KeyValue[]): RawStep {
  const keys = new Map(Object.entries(step));
  for (const one of values) {
    if (one.length === 1) keys.delete(one[0]);
    else keys.set(one[0], one[1]);
  }
  return sameStep(Object.fromEntries(keys), step);
}

/** The steps of a level; none where its branch is not in the document. */
export function stepsAt(plan: RawPlan, level: DocumentPath): readonly RawStep[] {
  const value = level.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string | number, unknown>)[key] : undefined,
    plan,
  );
  return Array.isArray(value) ? (value as readonly RawStep[]) : [];
}

/** The plan with steps taken out at a place and others put in; what is not on the way there stays the same value. */
function spliced(plan: RawPlan, at: Gap, count: number, steps: readonly RawStep[]): RawPlan {
  return rebuilt(plan, at.slice(0, -1), (level) => level.toSpliced(indexOf(at), count, ...steps)) as RawPlan;
}

function rebuilt(
  value: unknown,
  path: DocumentPath,
  change: (level: readonly RawStep[]) => readonly RawStep[],
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(Array.isArray(value) ? (value as readonly RawStep[]) : []);
  if (typeof key === "number") {
    const list = value as readonly unknown[];
    return list.with(key, rebuilt(list[key], rest, change));
  }
  const object = (typeof value === "object" && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  return sameStep({ ...object, [key]: rebuilt(object[key], rest, change) }, object);
}

function indexOf(path: DocumentPath): number {
  const index = path.at(-1);
  if (typeof index !== "number") throw new Error(`${path.join("/")} is no place of a step`);
  return index;
}
