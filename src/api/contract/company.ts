import { z } from "zod";
import { PLAN_PROBLEMS } from "../../dialplan/plan-problems.ts";
import { PROBLEMS, type ProblemCode } from "../../model/problem-codes.ts";

/** Query of `GET /api/v1/company`. */
export const companyQuery = z.strictObject({
  /** `clear` writes passwords out; by default they are `***`. */
  secrets: z.enum(["masked", "clear"]).default("masked"),
});

/** Query of `PUT /api/v1/company`. */
export const applyQuery = z.strictObject({
  /** The file's name as problems show it. */
  file: z.string().min(1).max(500).default("company.yaml"),
});

const codes = [...Object.keys(PROBLEMS), ...Object.keys(PLAN_PROBLEMS)] as readonly ProblemCode[];

/** A problem in an applied file, at its line. */
const locatedProblem = z.strictObject({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  /** `plans[0].steps[1].phone`, or empty for the whole file. */
  path: z.string(),
  severity: z.enum(["error", "warning"]),
  /** Which problem it is: docs/reference/problems.md, of a dial plan plan-problems.md. */
  code: z.enum(codes),
  message: z.string(),
});

/** Answer of `PUT /api/v1/company`: it is on disk, and new calls are routed by it. */
export const applyAnswer = z.strictObject({
  version: z.int(),
  changes: z.array(z.string()),
  warnings: z.array(locatedProblem),
});

export type ApplyAnswer = z.output<typeof applyAnswer>;
