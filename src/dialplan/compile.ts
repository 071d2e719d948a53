import type { z } from "zod";
import type { Suggestion } from "../lib/did-you-mean.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Directory } from "./directory.ts";
import { at, branchesOf, levelsBelow, type RawLevel, stepAtPath, topLevel } from "./outline.ts";
import { MAX_DEPTH, MAX_STEPS, OWN_PLAN, type Plan, type PlanDocument, planDocument } from "./plan.ts";
import type { PlanProblemCode } from "./plan-problems.ts";
import { branchLevel, stepNumber } from "./step-number.ts";
import { dangling } from "./steps/references.ts";
import { type AnyStepDocument, kindOf, type Step } from "./steps/registry.ts";
import { END, type Gift, type Place } from "./steps/step.ts";

/** A problem of a plan, where it is, and a sentence that says what is wrong and often what would be right. */
export interface PlanProblem {
  /** In the plan document: `["steps", 0, "success", 1, "phone"]`. */
  readonly path: readonly (string | number)[];
  /** The step's number, such as `1.1.2`; empty for the plan as a whole. */
  readonly step: string;
  readonly code: PlanProblemCode;
  readonly message: string;
  /** What was probably meant in the place of the value at the path, or of the key at its end. */
  readonly suggestion?: Suggestion;
}

/**
 * Checks a plan document and makes a plan of it that the walk can follow without further checks. `document` may be
 * anything; the error lists all problems found, in the order of the document. `version` is put into the plan.
 */
export function compile(
  document: unknown,
  directory: Directory,
  version = 1,
): Result<Plan, readonly PlanProblem[]> {
  const read = readDocument(document);
  return read.ok ? compileShaped(read.value, directory, version) : read;
}

/** The same of a document that `planDocument` has given: its shape is right, and only what it says is looked at. */
export function compileRead(
  document: PlanDocument,
  directory: Directory,
  version = 1,
): Result<Plan, readonly PlanProblem[]> {
  const size = checkSize(document);
  return size === undefined ? compileShaped(document, directory, version) : err([size]);
}

/** A document of the right shape and size. */
function readDocument(document: unknown): Result<PlanDocument, readonly PlanProblem[]> {
  const size = checkSize(document);
  if (size !== undefined) return err([size]);
  const parsed = planDocument.safeParse(document);
  return parsed.success
    ? ok(parsed.data)
    : err(parsed.error.issues.map((issue) => shapeProblem(document, issue)));
}

function compileShaped(
  { name, steps }: PlanDocument,
  directory: Directory,
  version: number,
): Result<Plan, readonly PlanProblem[]> {
  const level = compiledLevel({ name, steps }, directory);
  return level.problems.length > 0 ? err(level.problems) : ok({ name, version, steps: level.steps });
}

function compiledLevel({ steps }: PlanDocument, directory: Directory): Level {
  const level = topOf(directory);
  compileLevel(steps, level);
  if (steps.length === 0) {
    const message = "The plan has no steps, so it would refuse every call.";
    level.problems.push({ path: ["steps"], step: "", code: "emptyPlan", message });
  }
  return level;
}

/** A plan that may be walked although something is wrong with it, to try it out: the walk says so where it comes by. */
export interface TriedPlan {
  readonly plan: Plan;
  readonly problems: readonly PlanProblem[];
}

/** The plan of a draft; an error where it has no shape that could be walked. */
export function compileToTry(
  document: unknown,
  directory: Directory,
  version = 1,
): Result<TriedPlan, readonly PlanProblem[]> {
  const read = readDocument(document);
  if (!read.ok) return read;
  const { steps, problems } = compiledLevel(read.value, directory);
  return ok({ plan: { name: read.value.name, version, steps }, problems });
}

/**
 * The plan of a step that the switchboard itself writes, which may be of a kind that is not offered to people. What a
 * person would be told of when the plan is saved (a group with a strategy that is not there yet) stops no call: the walk
 * says it and goes on.
 */
export function compileOwn(name: string, step: AnyStepDocument, directory: Directory): Plan {
  const level = topOf(directory);
  compileLevel([step], level);
  return { name, version: OWN_PLAN, steps: level.steps };
}

function topOf(directory: Directory): Level {
  return { directory, steps: [], problems: [], path: ["steps"], prefix: "", given: new Set() };
}

interface Level {
  readonly directory: Directory;
  /** All steps of the plan so far; shared by all levels, as are the problems. */
  readonly steps: Step[];
  readonly problems: PlanProblem[];
  readonly path: readonly (string | number)[];
  /** What the steps' numbers begin with. */
  readonly prefix: string;
  readonly given: ReadonlySet<Gift>;
}

/** Returns the index of the level's first step, or END. */
function compileLevel(documents: readonly AnyStepDocument[], level: Level): number {
  const { steps } = level;
  const first = steps.length;
  for (const [index, document] of documents.entries()) {
    const slot = steps.length;
    const place = placeOf(document, level, index);
    steps.length = slot + 1; // the step's own slot comes before those of its branches
    const kind = kindOf(document.type);
    for (const reference of kind.references(document)) {
      const problem = dangling(reference, level.directory);
      if (problem !== undefined) tell(level, index, reference.key, problem);
    }
    const compiled = kind.compile(document, place);
    const next = index + 1 < documents.length ? steps.length : END;
    steps[slot] = { ...compiled, next };
    checkFollowers(document, index, documents.length, level);
  }
  return documents.length > 0 ? first : END;
}

/** Tells of a thing that a step names and that is not there. */
function tell(
  level: Level,
  index: number,
  key: string,
  { code, message, meant }: NonNullable<ReturnType<typeof dangling>>,
): void {
  const path = [...level.path, index, key];
  const suggestion = meant === undefined ? {} : ({ suggestion: { replace: "value", with: meant } } as const);
  level.problems.push({ path, step: stepNumber(level.prefix, index), code, message, ...suggestion });
}

/** The place of the step at an index of the level. */
function placeOf(document: AnyStepDocument, level: Level, index: number): Place {
  const number = stepNumber(level.prefix, index);
  const path = [...level.path, index];
  const { directory, given } = level;
  return {
    base: { number, next: END },
    directory,
    given,
    problem: (code, key, message) =>
      level.problems.push({ path: [...path, key], step: number, code, message }),
    branch: (...keys) => {
      const name = keys.join(".");
      const branches = branchesOf(document);
      const ordinal = branches.findIndex((branch) => branch.path.join(".") === name);
      const branch = branches[ordinal];
      if (branch === undefined) throw new Error(`a step of type ${document.type} has no branch "${name}"`);
      return compileLevel((at(document, keys) ?? []) as readonly AnyStepDocument[], {
        ...level,
        path: [...path, ...keys],
        prefix: branchLevel(number, ordinal),
        given: new Set([...given, ...branch.gives]),
      });
    },
  };
}

function checkFollowers(document: AnyStepDocument, index: number, count: number, level: Level): void {
  const { follow, title } = kindOf(document.type);
  if (follow === "yes" || index + 1 === count) return;
  const number = stepNumber(level.prefix, index);
  const following = stepNumber(level.prefix, index + 1);
  level.problems.push(
    follow === "mustBeLast"
      ? {
          path: [...level.path, index],
          step: number,
          code: "stepNotLast",
          message: `Step ${number} is a ${title.toLowerCase()}, which is always the last of its level; move step ${following} and what follows into its branches.`,
        }
      : {
          path: [...level.path, index + 1],
          step: following,
          code: "unreachableStep",
          message: `Step ${following} is never reached: step ${number} ends the call.`,
        },
  );
}

/** Before the schema descends: a document nested thousands deep must not exhaust the stack. */
function checkSize(document: unknown): PlanProblem | undefined {
  let count = 0;
  let deepest: RawLevel["path"] | undefined;
  const open: RawLevel[] = [topLevel(document)];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const steps: unknown = level.value;
    if (!Array.isArray(steps) || steps.length === 0) continue;
    if (level.depth > MAX_DEPTH) {
      deepest = [...level.path, 0];
      break;
    }
    count += steps.length;
    if (count > MAX_STEPS) break;
    for (const [index, step] of steps.entries()) open.push(...levelsBelow(level, index, step));
  }
  if (deepest !== undefined) {
    const message = `Steps are nested more than ${MAX_DEPTH} levels deep.`;
    return { path: deepest, step: stepAtPath(document, deepest), code: "tooDeep", message };
  }
  if (count <= MAX_STEPS) return undefined;
  return {
    path: ["steps"],
    step: "",
    code: "tooManySteps",
    message: `The plan has more than ${MAX_STEPS} steps.`,
  };
}

function shapeProblem(document: unknown, issue: z.core.$ZodIssue): PlanProblem {
  const code = issue.code === "invalid_union" ? "unknownStepType" : "invalidDocument";
  const keys = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const unknown = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const step = stepAtPath(document, keys);
  const { message } = issue;
  const meant = /Did you mean "([^"]*)"\?$/.exec(message)?.[1];
  if (meant === undefined) return { path: keys, step, code, message };
  const suggestion = { replace: unknown.length > 0 ? "key" : "value", with: meant } as const;
  return {
    path: [...keys, ...unknown, ...(code === "unknownStepType" && keys.at(-1) !== "type" ? ["type"] : [])],
    step,
    code,
    message,
    suggestion,
  };
}
