import { branchLevel, stepNumber } from "./step-number.ts";
import { kindNamed } from "./steps/registry.ts";
import type { Branch, RawStep } from "./steps/step.ts";

/** A place in a plan document: `["steps", 1, "success", 0]`. */
export type DocumentPath = readonly (string | number)[];

/** One level of steps in a plan document that has not been checked. */
export interface RawLevel {
  /** What stands where the list of steps should be. */
  readonly value: unknown;
  readonly path: DocumentPath;
  /** What the numbers of its steps begin with. */
  readonly prefix: string;
  /** 1 at the top. */
  readonly depth: number;
}

/** The top level of a plan document. */
export function topLevel(document: unknown): RawLevel {
  return { value: property(document, "steps"), path: ["steps"], prefix: "", depth: 1 };
}

/** The branches of a step in a document: none where its type is not known. */
export function branchesOf(step: unknown): readonly Branch[] {
  return isRawStep(step) ? (kindNamed(step.type)?.branches(step) ?? []) : [];
}

/** The levels below the step at an index of a level, those that are not there left out. */
export function levelsBelow(level: RawLevel, index: number, step: unknown): readonly RawLevel[] {
  return branchesOf(step).flatMap((branch, ordinal) => {
    const value = at(step, branch.path);
    if (value === undefined) return [];
    const path = [...level.path, index, ...branch.path];
    const prefix = branchLevel(stepNumber(level.prefix, index), ordinal);
    return [{ value, path, prefix, depth: level.depth + 1 }];
  });
}

/** The number of the step that a path in a plan document lies in; empty for the plan as a whole. */
export function stepAtPath(document: unknown, path: readonly PropertyKey[]): string {
  let level: RawLevel | undefined = topLevel(document);
  let number = "";
  while (level !== undefined && begins(path, level.path)) {
    const index: unknown = path[level.path.length];
    if (typeof index !== "number") break;
    number = stepNumber(level.prefix, index);
    const step: unknown = Array.isArray(level.value) ? level.value[index] : undefined;
    level = levelsBelow(level, index, step).find((below) => begins(path, below.path));
  }
  return number;
}

/** What stands at a path in a value; undefined where nothing does. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce(property, value);
}

function property(value: unknown, key: string): unknown {
  return isRawStep(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRawStep(value: unknown): value is RawStep {
  return typeof value === "object" && value !== null;
}

function begins(path: readonly PropertyKey[], start: DocumentPath): boolean {
  return start.every((key, index) => path[index] === key);
}
