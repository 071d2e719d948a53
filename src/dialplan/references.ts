import { at, branchesOf, type DocumentPath } from "./outline.ts";
import type { Reference } from "./steps/references.ts";
import { kindOf, type StepDocument } from "./steps/registry.ts";

/** A reference with its place in the plan document. */
export interface PlacedReference extends Reference {
  readonly path: DocumentPath;
}

/** Everything that these steps and those below them name, in the order of the document. */
export function referencesOf(
  steps: readonly StepDocument[],
  path: DocumentPath = ["steps"],
): readonly PlacedReference[] {
  return steps.flatMap((step, index) => {
    const here = [...path, index];
    return [
      ...kindOf(step.type)
        .references(step)
        .map((reference) => ({ ...reference, path: [...here, reference.key] })),
      ...branchesOf(step).flatMap((branch) =>
        referencesOf((at(step, branch.path) ?? []) as readonly StepDocument[], [...here, ...branch.path]),
      ),
    ];
  });
}
