import { at, branchesOf, type DocumentPath } from "../../../../../src/dialplan/outline.ts";
import { branchLevel, stepNumber } from "../../../../../src/dialplan/step-number.ts";
import type { Branch, Gift, RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { same as isSame } from "../../../lib/merge.ts";

/** A plan document as it is edited: its steps may have mistakes. */
export interface RawPlan {
  readonly name: string;
  readonly steps: readonly RawStep[];
}

/** Whether two plans do the same. What a plan is called is no part of it: it is renamed by itself, not by a draft. */
export function isSamePlan(one: RawPlan, other: RawPlan): boolean {
  return isSame(one.steps, other.steps);
}

/** A place where a step can stand: the path that a step has there, before anything is moved. */
export type Gap = DocumentPath;

/** One list of steps: the plan's own, or that of a branch. */
export interface Level {
  readonly path: DocumentPath;
  /** What the numbers of its steps begin with: "2.1.". */
  readonly prefix: string;
  /** 1 at the top. */
  readonly depth: number;
  /** What the steps above give. */
  readonly given: ReadonlySet<Gift>;
  readonly steps: readonly StepNode[];
}

/** A step with its place. */
export interface StepNode {
  readonly step: RawStep;
  readonly number: string;
  readonly path: DocumentPath;
  readonly index: number;
  readonly level: Level;
  readonly branches: readonly BranchNode[];
}

/** A branch of a step. Every branch that the step's kind has is there, with steps or without. */
export interface BranchNode {
  readonly branch: Branch;
  readonly ordinal: number;
  readonly level: Level;
}

/** A whole plan, laid out: levels in levels, and every step by its number. */
export interface Outline {
  readonly plan: RawPlan;
  readonly top: Level;
  readonly byNumber: ReadonlyMap<string, StepNode>;
}

const NOTHING: ReadonlySet<Gift> = new Set();

/** Lays a plan out. Branches are a function of the document (a menu has one for each of its options). */
export function outline(plan: RawPlan): Outline {
  const byNumber = new Map<string, StepNode>();
  const place = { path: ["steps"], prefix: "", depth: 1, given: NOTHING };
  return { plan, top: levelOf(plan.steps, place, byNumber), byNumber };
}

function levelOf(value: unknown, place: Omit<Level, "steps">, byNumber: Map<string, StepNode>): Level {
  const documents = Array.isArray(value) ? (value as readonly RawStep[]) : [];
  const steps: StepNode[] = [];
  const level: Level = { ...place, steps };
  for (const [index, step] of documents.entries()) {
    const number = stepNumber(place.prefix, index);
    const path = [...place.path, index];
    const branches = branchesOf(step).map((branch, ordinal) => {
      const below = {
        path: [...path, ...branch.path],
        prefix: branchLevel(number, ordinal),
        depth: place.depth + 1,
        given: branch.gives.length === 0 ? place.given : new Set([...place.given, ...branch.gives]),
      };
      return { branch, ordinal, level: levelOf(at(step, branch.path), below, byNumber) };
    });
    const node = { step, number, path, index, level, branches };
    steps.push(node);
    byNumber.set(number, node);
  }
  return level;
}

/** The steps of a level and all below them, in the order of their numbers. */
export function* stepsOf(level: Level): Iterable<StepNode> {
  for (const node of level.steps) {
    yield node;
    for (const { level: below } of node.branches) yield* stepsOf(below);
  }
}

/** A gap, and the level that it is in. */
export interface PlacedGap {
  readonly gap: Gap;
  readonly level: Level;
  readonly index: number;
}

/** Every gap between steps, before the first and after the last of each level, in the order of the page. */
export function* gapsOf(level: Level): Iterable<PlacedGap> {
  for (const node of level.steps) {
    yield gapIn(level, node.index);
    for (const { level: below } of node.branches) yield* gapsOf(below);
  }
  yield gapIn(level, level.steps.length);
}

/** The gap of a level before the step at an index; after the last one for the number of its steps. */
export function gapIn(level: Level, index: number): PlacedGap {
  return { gap: [...level.path, index], level, index };
}

/** The gap at a path; undefined where the plan has no such level. */
export function gapAt(plan: Outline, gap: Gap): PlacedGap | undefined {
  const index = gap.at(-1);
  const level = levelAt(plan.top, gap.slice(0, -1));
  if (typeof index !== "number" || level === undefined || index > level.steps.length) return undefined;
  return gapIn(level, index);
}

/** The level at a path, if there is one. */
export function levelAt(level: Level, path: DocumentPath): Level | undefined {
  if (path.length === level.path.length) return begins(path, level.path) ? level : undefined;
  const index = path[level.path.length];
  const node = typeof index === "number" ? level.steps[index] : undefined;
  const branch = node?.branches.find(({ level: below }) => begins(path, below.path));
  return branch === undefined ? undefined : levelAt(branch.level, path);
}

/** The step at a path, if there is one. */
export function nodeAt(plan: Outline, path: DocumentPath): StepNode | undefined {
  const index = path.at(-1);
  return typeof index === "number" ? levelAt(plan.top, path.slice(0, -1))?.steps[index] : undefined;
}

/** Whether a path lies at or below another. */
export function begins(path: DocumentPath, start: DocumentPath): boolean {
  return start.length <= path.length && start.every((key, index) => path[index] === key);
}

export function samePath(a: DocumentPath, b: DocumentPath): boolean {
  return a.length === b.length && begins(a, b);
}

/** The level whose numbers begin with a prefix: "" for the plan itself, "2.1." for the first branch of step 2. */
export function levelOfPrefix(plan: Outline, prefix: string): Level | undefined {
  if (prefix === "") return plan.top;
  const parts = prefix.split(".").slice(0, -1);
  const ordinal = Number(parts.pop()) - 1;
  return plan.byNumber.get(parts.join("."))?.branches[ordinal]?.level;
}

/** A number of a deep step in short, `…4.1.2`; the whole is in its label. */
export function shortNumber(number: string): string {
  const parts = number.split(".");
  return parts.length < 9 ? number : `…${parts.slice(-3).join(".")}`;
}

/** The step in whose branch this one stands: 2 of 2.1.3, its third step of the first branch. Undefined at the top. */
export function aboveOf(plan: Outline, node: StepNode): StepNode | undefined {
  return plan.byNumber.get(node.number.split(".").slice(0, -2).join("."));
}
