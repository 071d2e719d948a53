import { branchesOf } from "../../../../../src/dialplan/outline.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { same as isSame } from "../../../lib/merge.ts";

/** Which step of one list is which of another, by index, in rising order. */
export type Pairs = readonly (readonly [index: number, index: number])[];

/** The keys of a step that are its own: its branches are lists of other steps. */
export function ownKeys(step: RawStep): readonly string[] {
  const branches = new Set(branchesOf(step).map(({ path }) => path[0]));
  return Object.keys(step).filter((key) => !branches.has(key));
}

/**
 * Pairs the steps of two versions of a level. Steps have no names, so what is most alike is taken for the same one, and the
 * order stays: a longest common subsequence, in which an equal step counts most and another type nothing.
 */
export function pair(before: readonly RawStep[], after: readonly RawStep[]): Pairs {
  const pairs: [number, number][] = [];
  // What is the same at both ends needs no table: mostly one step of a level has changed.
  let start = 0;
  while (start < before.length && start < after.length && isSame(before[start], after[start])) {
    pairs.push([start, start]);
    start += 1;
  }
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const middle = aligned(before.slice(start, before.length - end), after.slice(start, after.length - end));
  pairs.push(...middle.map(([a, b]): [number, number] => [a + start, b + start]));
  for (let back = end; back > 0; back--) pairs.push([before.length - back, after.length - back]);
  return pairs;
}

function aligned(before: readonly RawStep[], after: readonly RawStep[]): Pairs {
  const width = after.length + 1;
  // best[i * width + j]: the most that the steps from i and from j on have in common.
  const best = new Float64Array((before.length + 1) * width);
  const alike = (i: number, j: number): number => likeness(before[i] as RawStep, after[j] as RawStep);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      best[i * width + j] = Math.max(at(i + 1, j), at(i, j + 1), alike(i, j) + at(i + 1, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    const same = alike(i, j);
    if (same > 0 && at(i, j) === same + at(i + 1, j + 1)) pairs.push([i++, j++]);
    else if (at(i, j) === at(i + 1, j)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** How much two steps are alike: 8 the same, 0 of different types. */
function likeness(a: RawStep, b: RawStep): number {
  if (a.type !== b.type) return 0;
  if (isSame(a, b)) return 8;
  const keys = new Set([...ownKeys(a), ...ownKeys(b)]);
  const own = [...keys].filter((key) => isSame(a[key], b[key])).length / keys.size;
  return 1 + 4 * own + (branchesAlike(a, b) ? 2 : 0);
}

function branchesAlike(a: RawStep, b: RawStep): boolean {
  const branches = branchesOf(a);
  return branches.length > 0 && branches.every(({ path: [key = ""] }) => isSame(a[key], b[key]));
}
