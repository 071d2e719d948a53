import { at, branchesOf, type DocumentPath } from "./outline.ts";
import type { StepReference } from "./steps/references.ts";
import { kindOf, type StepDocument } from "./steps/registry.ts";

/** A reference with its place in the plan document. */
export interface PlacedReference extends StepReference {
  readonly path: DocumentPath;
}

/** Everything that these steps and those below them name, in the order of the document. */
export function referencesOf(
  steps: readonly StepDocument[],
  path: DocumentPath = ["steps"],
): readonly PlacedReference[] {
  const found: PlacedReference[] = [];
  collect(steps, path, found);
  return found;
}

/** Into one list: a start asks this of some hundred thousand steps. */
function collect(steps: readonly StepDocument[], path: DocumentPath, found: PlacedReference[]): void {
  for (const [index, step] of steps.entries()) {
    for (const { thing, name, key, weak } of kindOf(step.type).references(step)) {
      const placed = { thing, name, key, path: [...path, index, key] };
      found.push(weak === true ? { ...placed, weak } : placed);
    }
    for (const branch of branchesOf(step)) {
      const below = at(step, branch.path);
      if (below !== undefined)
        collect(below as readonly StepDocument[], [...path, index, ...branch.path], found);
    }
  }
}

/** Every step with its type and place, in the order of the document. */
export function* placedSteps(
  steps: readonly StepDocument[],
  path: DocumentPath = ["steps"],
): Generator<{ readonly type: string; readonly path: DocumentPath }> {
  for (const [index, step] of steps.entries()) {
    const own = [...path, index];
    yield { type: step.type, path: own };
    for (const branch of branchesOf(step)) {
      const below = at(step, branch.path);
      if (below !== undefined) yield* placedSteps(below as readonly StepDocument[], [...own, ...branch.path]);
    }
  }
}
