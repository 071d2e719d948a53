import { err, ok, type Result } from "../lib/result.ts";
import type { Directory } from "./directory.ts";
import { MAX_DEPTH, MAX_STEPS, type Plan, planDocument } from "./plan.ts";
import type { PlanProblemCode } from "./plan-problems.ts";
import { branchLevel, stepAtPath, stepNumber } from "./step-number.ts";
import { kindOf, type Step, type StepDocument } from "./steps/registry.ts";
import { END, type Place } from "./steps/step.ts";

/** A problem of a plan, where it is, and a sentence that says what is wrong and often what would be right. */
export interface PlanProblem {
  /** In the plan document: `["steps", 0, "success", 1, "phone"]`. */
  readonly path: readonly (string | number)[];
  /** The step's number, such as `1.1.2`; empty for the plan as a whole. */
  readonly step: string;
  readonly code: PlanProblemCode;
  readonly message: string;
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
  const size = checkSize(document);
  if (size !== undefined) return err([size]);
  const parsed = planDocument.safeParse(document);
  if (!parsed.success) return err(parsed.error.issues.map(shapeProblem));
  const { name, steps } = parsed.data;
  const level: Level = {
    directory,
    steps: [],
    problems: [],
    path: ["steps"],
    prefix: "",
    underWebhook: false,
  };
  compileLevel(steps, level);
  if (steps.length === 0) {
    const message = "The plan has no steps, so it would refuse every call.";
    level.problems.push({ path: ["steps"], step: "", code: "emptyPlan", message });
  }
  return level.problems.length > 0 ? err(level.problems) : ok({ name, version, steps: level.steps });
}

interface Level {
  readonly directory: Directory;
  /** All steps of the plan so far; shared by all levels, as are the problems. */
  readonly steps: Step[];
  readonly problems: PlanProblem[];
  readonly path: readonly (string | number)[];
  /** What the steps' numbers begin with. */
  readonly prefix: string;
  readonly underWebhook: boolean;
}

/** Returns the index of the level's first step, or END. */
function compileLevel(documents: readonly StepDocument[], level: Level): number {
  const { steps } = level;
  const first = steps.length;
  for (const [index, document] of documents.entries()) {
    const at = steps.length;
    const place = placeOf(level, index);
    steps.length = at + 1; // the step's own slot comes before those of its branches
    const compiled = kindOf(document.type).compile(document, place);
    const next = index + 1 < documents.length ? steps.length : END;
    steps[at] = { ...compiled, next };
    checkFollowers(document, index, documents.length, level);
  }
  return documents.length > 0 ? first : END;
}

/** The place of the step at an index of the level. */
function placeOf(level: Level, index: number): Place {
  const number = stepNumber(level.prefix, index);
  const path = [...level.path, index];
  return {
    base: { number, next: END },
    directory: level.directory,
    underWebhook: level.underWebhook,
    problem: (code, key, message) =>
      level.problems.push({ path: [...path, key], step: number, code, message }),
    branch: (key, ordinal, documents) =>
      compileLevel(documents as readonly StepDocument[], {
        ...level,
        path: [...path, key],
        prefix: branchLevel(number, ordinal),
        underWebhook: true,
      }),
  };
}

function checkFollowers(document: StepDocument, index: number, count: number, level: Level): void {
  const { follow } = kindOf(document.type);
  if (follow === "yes" || index + 1 === count) return;
  const number = stepNumber(level.prefix, index);
  const following = stepNumber(level.prefix, index + 1);
  level.problems.push(
    follow === "mustBeLast"
      ? {
          path: [...level.path, index],
          step: number,
          code: "webhookNotLast",
          message: `Step ${number} is a webhook, which is always the last of its level; move step ${following} and what follows into its branches.`,
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
  let deepest: readonly (string | number)[] | undefined;
  const open = [{ value: property(document, "steps"), depth: 1, path: ["steps"] as (string | number)[] }];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    if (!Array.isArray(level.value) || level.value.length === 0) continue;
    if (level.depth > MAX_DEPTH) {
      deepest = [...level.path, 0];
      break;
    }
    count += level.value.length;
    if (count > MAX_STEPS) break;
    for (const [index, step] of level.value.entries()) {
      for (const key of ["success", "failed"]) {
        const value: unknown = property(step, key);
        if (value !== undefined)
          open.push({ value, depth: level.depth + 1, path: [...level.path, index, key] });
      }
    }
  }
  if (deepest !== undefined) {
    const message = `Steps are nested more than ${MAX_DEPTH} levels deep.`;
    return { path: deepest, step: stepAtPath(deepest), code: "tooDeep", message };
  }
  if (count <= MAX_STEPS) return undefined;
  return {
    path: ["steps"],
    step: "",
    code: "tooManySteps",
    message: `The plan has more than ${MAX_STEPS} steps.`,
  };
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

interface ShapeIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function shapeProblem(issue: ShapeIssue): PlanProblem {
  const path = issue.path.map((key) => (typeof key === "number" ? key : String(key)));
  const code = issue.code === "invalid_union" ? "unknownStepType" : "invalidDocument";
  return { path, step: stepAtPath(path), code, message: issue.message };
}
