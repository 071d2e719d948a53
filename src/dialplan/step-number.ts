/**
 * Steps are numbered as people count: `1`, `2`, `3`. A branching step numbers its branches in the order in which they
 * are written, and the steps of a branch in turn: under the webhook `2`, the steps of *successful* are `2.1.1`,
 * `2.1.2` …, those of *failed* `2.2.1`, `2.2.2` …. So the odd places count steps and the even places branches.
 */
const BRANCHES: readonly string[] = ["success", "failed"];

/** Number of the step at an index (from 0) of a level; `level` is "" at the top, else from `branchLevel`. */
export function stepNumber(level: string, index: number): string {
  return `${level}${index + 1}`;
}

/** The level of a step's branch, such as `2.1.` for the first branch of step 2. */
export function branchLevel(step: string, branch: number): string {
  return `${step}.${branch + 1}.`;
}

/** The step that a path in a plan document lies in: `["steps", 1, "success", 0, "phone"]` is in `2.1.1`. */
export function stepAtPath(path: readonly PropertyKey[]): string {
  let level = "";
  let step = "";
  for (let at = 0; at < path.length; at += 1) {
    const key = path[at];
    if (typeof key === "number") {
      step = stepNumber(level, key);
    } else {
      const branch = BRANCHES.indexOf(String(key));
      if (branch >= 0 && typeof path[at + 1] === "number") level = branchLevel(step, branch);
    }
  }
  return step;
}
