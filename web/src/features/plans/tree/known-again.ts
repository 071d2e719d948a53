import { at, branchesOf } from "../../../../../src/dialplan/outline.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { same as isSame } from "../../../lib/merge.ts";
import { pair } from "./align.ts";
import { listAt, putList } from "./branch-lists.ts";
import type { RawPlan } from "./outline.ts";
import { sameStep } from "./step-key.ts";

/** Steps that have no other version in their place. */
interface Unpaired {
  readonly gone: RawStep[];
  readonly came: RawStep[];
}

/**
 * A version of a plan that came from elsewhere, with its steps known again: what is as it was is the very value that was
 * there, and what is another version of a step, or the same step in another place, has its key (`step-key.ts`).
 */
export function knownAgain(version: RawPlan, before: RawPlan): RawPlan {
  const unpaired: Unpaired = { gone: [], came: [] };
  const steps = levelAgain(version.steps, before.steps, unpaired);
  const { gone, came } = unpaired;
  for (const step of came) {
    const old = gone.find((one) => isSame(one, step));
    if (old === undefined) continue;
    gone.splice(gone.indexOf(old), 1);
    takeKeys(step, old);
  }
  return { ...version, steps };
}

function levelAgain(
  steps: readonly RawStep[],
  before: readonly RawStep[],
  unpaired: Unpaired,
): readonly RawStep[] {
  const pairs = new Map(pair(before, steps).map(([old, now]) => [now, old]));
  const kept = new Set(pairs.values());
  unpaired.gone.push(...before.filter((_, index) => !kept.has(index)));
  return steps.map((step, index) => {
    const old = before[pairs.get(index) ?? -1];
    if (old !== undefined) return stepAgain(step, old, unpaired);
    // A value of its own: a version that was put together may have one that was there before, whose key another step has now.
    const fresh = structuredClone(step);
    unpaired.came.push(fresh);
    return fresh;
  });
}

function stepAgain(step: RawStep, old: RawStep, unpaired: Unpaired): RawStep {
  if (isSame(step, old)) return old;
  const version: Record<string, unknown> = { ...step };
  for (const { path } of branchesOf(step)) {
    const list = at(step, path);
    if (!Array.isArray(list)) continue;
    putList(version, path, levelAgain(list as readonly RawStep[], listAt(old, path), unpaired));
  }
  return sameStep(version, old);
}

/** Of two that are the same, with all below them. */
function takeKeys(step: RawStep, old: RawStep): void {
  sameStep(step, old);
  for (const { path } of branchesOf(step)) {
    const below = listAt(old, path);
    for (const [index, one] of listAt(step, path).entries()) {
      const was = below[index];
      if (was !== undefined) takeKeys(one, was);
    }
  }
}
