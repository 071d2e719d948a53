import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { isObject } from "./is-object.ts";

/** The steps of a branch, by its path in a step; none where the document does not have it. */
export function listAt(step: RawStep, path: readonly string[]): readonly RawStep[] {
  const value = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), step);
  return Array.isArray(value) ? (value as readonly RawStep[]) : [];
}

/** Writes the steps of a branch into a step that nobody else has yet. */
export function putList(
  step: Record<string, unknown>,
  [key = "", ...rest]: readonly string[],
  steps: readonly RawStep[],
): void {
  if (rest.length === 0) {
    step[key] = steps;
    return;
  }
  const below = { ...(isObject(step[key]) ? step[key] : {}) };
  putList(below, rest, steps);
  step[key] = below;
}
