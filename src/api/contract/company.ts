import { z } from "zod";
import { PLAN_PROBLEMS } from "../../dialplan/plan-problems.ts";
import { PROBLEMS, type ProblemCode } from "../../model/problem-codes.ts";
import { applyBody } from "./audio.ts";
import { type RawContent, route } from "./route.ts";

/** Query of `GET /api/v1/company`. */
const companyQuery = z.strictObject({
  /** `clear` writes passwords out; by default they are `***`. */
  secrets: z.enum(["masked", "clear"]).default("masked"),
});

/** Query of what is sent a company file. */
export const fileQuery = z.strictObject({
  file: z.string().min(1).max(500).default("company.yaml").describe("Its name, as problems show it."),
  overwrite: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .describe("What was changed here since the file was made is undone."),
});

const codes = [...Object.keys(PROBLEMS), ...Object.keys(PLAN_PROBLEMS)] as readonly ProblemCode[];

/** A problem in an applied file, at its line. */
export const locatedProblem = z.strictObject({
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

export const COMPANY_FILE = {
  raw: "text",
  contentType: "application/yaml; charset=utf-8",
} as const satisfies RawContent;
/** 2,000 plans of 100 steps take some 12 MiB; company/yaml-text.ts has the same bound. */
export const FILE_BYTES = 32 * 1024 * 1024;
/** A company file as text in JSON, with the contents of its messages. */
const WITH_AUDIO_BYTES = 40 * 1024 * 1024;

export const companyRoutes = {
  get: route({
    id: "company.get",
    method: "GET",
    path: "/company",
    summary: "Give the company as a file",
    role: "administrator",
    query: companyQuery,
    answer: COMPANY_FILE,
    problems: ["noConfiguration"],
  }),
  apply: route({
    id: "company.apply",
    method: "PUT",
    path: "/company",
    summary: "Apply a company file: 200 when new calls are routed by it",
    role: "administrator",
    query: fileQuery,
    body: COMPANY_FILE,
    bodyLimit: FILE_BYTES,
    answer: applyAnswer,
    problems: ["nothingToApply", "companyFileErrors", "companyFileConflicts", "notSaved", "diskFull"],
  }),
  applyWithAudio: route({
    id: "company.applyWithAudio",
    method: "PUT",
    path: "/company/with-audio",
    summary: "Apply a company file with sound that was sent before",
    role: "administrator",
    query: fileQuery,
    body: applyBody,
    bodyLimit: WITH_AUDIO_BYTES,
    answer: applyAnswer,
    problems: ["companyFileErrors", "companyFileConflicts", "notSaved", "diskFull"],
  }),
} as const;
