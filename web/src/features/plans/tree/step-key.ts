const keys = new WeakMap<object, number>();
let next = 1;

/** By what a page knows a step again that was moved or changed: the same number for every version of it. */
export function stepKey(step: object): number {
  const known = keys.get(step);
  if (known !== undefined) return known;
  keys.set(step, next);
  return next++;
}

/** Says that a step is another version of one that was there. */
export function sameStep<Step extends object>(version: Step, before: object): Step {
  keys.set(version, stepKey(before));
  return version;
}
