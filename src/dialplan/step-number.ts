/**
 * Steps are numbered as people count: `1`, `2`, `3`. A branching step numbers its branches in their order (which its
 * kind says), and the steps of a branch in turn: under the webhook `2`, the steps of *successful* are `2.1.1`,
 * `2.1.2` …, those of *failed* `2.2.1`, `2.2.2` …. So the odd places count steps and the even places branches.
 */

/** Number of the step at an index (from 0) of a level; `level` is "" at the top, else from `branchLevel`. */
export function stepNumber(level: string, index: number): string {
  return `${level}${index + 1}`;
}

/** The level of a step's branch, such as `2.1.` for the first branch of step 2. */
export function branchLevel(step: string, branch: number): string {
  return `${step}.${branch + 1}.`;
}
