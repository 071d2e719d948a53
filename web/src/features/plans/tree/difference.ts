import { branchesOf } from "../../../../../src/dialplan/outline.ts";
import { branchLevel, stepNumber } from "../../../../../src/dialplan/step-number.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { same as isSame } from "../../../lib/merge.ts";
import { ownKeys, pair } from "./align.ts";
import { isObject } from "./is-object.ts";
import type { RawPlan } from "./outline.ts";

/** One step that is another one in a newer version of a plan. */
export type Difference =
  | { readonly type: "added"; readonly number: string; readonly step: RawStep; readonly count: number }
  | { readonly type: "removed"; readonly number: string; readonly step: RawStep; readonly count: number }
  | { readonly type: "moved"; readonly from: string; readonly number: string; readonly step: RawStep }
  | {
      readonly type: "changed";
      readonly number: string;
      readonly step: RawStep;
      readonly keys: readonly { readonly key: string; readonly before: unknown; readonly after: unknown }[];
    }
  | { readonly type: "renamed"; readonly before: string; readonly after: string };

/** What differs between two versions of a plan, by step: numbers are those of the newer one, of removed steps of the older. */
export function differences(before: RawPlan, after: RawPlan): readonly Difference[] {
  const found: Difference[] = [];
  if (before.name !== after.name) found.push({ type: "renamed", before: before.name, after: after.name });
  compareLevel(before.steps, after.steps, ["", ""], found);
  return withMoves(found);
}

function compareLevel(
  before: readonly RawStep[],
  after: readonly RawStep[],
  [old, now]: readonly [before: string, after: string],
  found: Difference[],
): void {
  if (before === after) return;
  const pairs = new Map(pair(before, after).map(([a, b]) => [b, a]));
  const kept = new Set(pairs.values());
  for (const [index, step] of before.entries()) {
    if (!kept.has(index))
      found.push({ type: "removed", number: stepNumber(old, index), step, count: size(step) });
  }
  for (const [index, step] of after.entries()) {
    const number = stepNumber(now, index);
    const from = pairs.get(index);
    const was = from === undefined ? undefined : before[from];
    if (was === undefined || from === undefined) {
      found.push({ type: "added", number, step, count: size(step) });
      continue;
    }
    if (was === step) continue;
    const keys = [...new Set([...ownKeys(was), ...ownKeys(step)])].flatMap((key) =>
      isSame(was[key], step[key]) ? [] : [{ key, before: was[key], after: step[key] }],
    );
    if (keys.length > 0) found.push({ type: "changed", number, step, keys });
    for (const [ordinal, { path }] of branchesOf(step).entries()) {
      const prefixes = [branchLevel(stepNumber(old, from), ordinal), branchLevel(number, ordinal)] as const;
      compareLevel(listAt(was, path), listAt(step, path), prefixes, found);
    }
  }
}

/** A step that went at one place and came the same at another was moved. */
function withMoves(found: readonly Difference[]): readonly Difference[] {
  const gone = found.filter((one) => one.type === "removed");
  const taken = new Set<Difference>();
  const moves = new Map<Difference, Difference>();
  for (const one of found) {
    if (one.type !== "added") continue;
    const from = gone.find((other) => !taken.has(other) && isSame(other.step, one.step));
    if (from === undefined) continue;
    taken.add(from);
    moves.set(one, { type: "moved", from: from.number, number: one.number, step: one.step });
  }
  return found.flatMap((one) => (taken.has(one) ? [] : [moves.get(one) ?? one]));
}

function listAt(step: RawStep, path: readonly string[]): readonly RawStep[] {
  const value = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), step);
  return Array.isArray(value) ? (value as readonly RawStep[]) : [];
}

/** The step with all below it. */
function size(step: RawStep): number {
  let count = 1;
  for (const { path } of branchesOf(step)) for (const below of listAt(step, path)) count += size(below);
  return count;
}
