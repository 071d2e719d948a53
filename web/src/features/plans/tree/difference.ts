import { type FieldChange, planDifference, type StepChange } from "../../../../../src/dialplan/difference.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { outline, type RawPlan } from "./outline.ts";

/** One step that is another one in a newer version of a plan, with the step itself; or the plan's own name. */
export type Difference =
  | { readonly type: "added"; readonly number: string; readonly step: RawStep; readonly count: number }
  | { readonly type: "removed"; readonly number: string; readonly step: RawStep; readonly count: number }
  | { readonly type: "moved"; readonly from: string; readonly number: string; readonly step: RawStep }
  | {
      readonly type: "changed";
      readonly number: string;
      readonly step: RawStep;
      readonly keys: readonly FieldChange[];
    }
  | { readonly type: "renamed"; readonly before: string; readonly after: string };

/** What differs between two versions of a plan, by step: numbers are those of the newer one, of removed steps of the older. */
export function differences(before: RawPlan, after: RawPlan): readonly Difference[] {
  if (before === after) return [];
  const old = outline(before).byNumber;
  const now = outline(after).byNumber;
  const renamed: Difference[] =
    before.name === after.name ? [] : [{ type: "renamed", before: before.name, after: after.name }];
  const steps = planDifference(before, after).flatMap((change) => {
    const step = (change.change === "removed" ? old.get(change.from) : now.get(change.to))?.step;
    return step === undefined ? [] : [told(change, step)];
  });
  return [...renamed, ...steps];
}

function told(change: StepChange, step: RawStep): Difference {
  switch (change.change) {
    case "added":
      return { type: "added", number: change.to, step, count: change.steps };
    case "removed":
      return { type: "removed", number: change.from, step, count: change.steps };
    case "moved":
      return { type: "moved", from: change.from, number: change.to, step };
    case "changed":
      return { type: "changed", number: change.to, step, keys: change.fields };
  }
}
