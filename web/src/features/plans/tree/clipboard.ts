import { MAX_STEPS } from "../../../../../src/dialplan/plan.ts";
import { kindNamed } from "../../../../../src/dialplan/steps/registry.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { isObject } from "./is-object.ts";
import { outline } from "./outline.ts";

/** What reads and writes YAML: loaded when somebody first copies. */
export interface Yaml {
  stringify(value: unknown): string;
  parse(text: string): unknown;
}

/** Steps as they are written in a company file, to be pasted there or in another plan. JSON is YAML too. */
export function stepsAsText(steps: readonly RawStep[], yaml: Yaml | undefined): string {
  return yaml === undefined ? `${JSON.stringify(steps, undefined, 2)}\n` : yaml.stringify(steps);
}

const MAX_TEXT = 1_000_000;

/** The steps in a text that was pasted: a list, one step, or an object with `steps`. Undefined: it is none of these. */
export function stepsInText(text: string, yaml: Yaml): readonly RawStep[] | undefined {
  if (text.length > MAX_TEXT) return undefined;
  let value: unknown;
  try {
    value = yaml.parse(text);
  } catch {
    return undefined;
  }
  const list =
    isObject(value) && Array.isArray(value.steps) ? value.steps : Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > MAX_STEPS) return undefined;
  const isKnown = list.every((step) => isObject(step) && kindNamed(step.type) !== undefined);
  const steps = list as readonly RawStep[];
  // Through JSON: anchors would make one object of two steps, and a step is known by what it is.
  return isKnown && areObjectsBelow(steps) ? copied(steps) : undefined;
}

/** Whether no branch has an item that is no step, as one that was left empty. One of no known kind is a problem of the plan. */
function areObjectsBelow(steps: readonly RawStep[]): boolean {
  return [...outline({ name: "", steps }).byNumber.values()].every(({ step }) => isObject(step));
}

/** The same steps as new ones. */
export function copied(steps: readonly RawStep[]): readonly RawStep[] {
  return JSON.parse(JSON.stringify(steps)) as readonly RawStep[];
}
