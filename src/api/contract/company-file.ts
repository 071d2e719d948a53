import { z } from "zod";
import type { AnyDocument, KindName } from "../../model/entities/kinds.ts";
import { COMPANY_FILE, FILE_BYTES, fileQuery, locatedProblem } from "./company.ts";
import { route, typed } from "./route.ts";

// A company file beside what is here: what it would do, and whether one keeps what is here. The file itself is read and
// applied at /company.

const time = z.number().describe("Milliseconds since the epoch.");
const kind = typed<KindName>("`phone`, `plan` …, as entities have it.");
const document = typed<AnyDocument>("As that kind has it; secrets are `***`.");
const place = z
  .strictObject({ line: z.int(), column: z.int() })
  .describe("Where in the file; of what it does not have, where its list begins.");

/** The company file in which alone a configuration is changed. */
export const keptInFile = z.strictObject({ file: z.string(), appliedAt: time, appliedBy: z.string() });

const keptIn = keptInFile
  .nullable()
  .describe("The company file in which alone this is changed; null: it is changed here.");

const fileChange = z.strictObject({
  kind,
  id: z.string().nullable().describe("Null: it is new."),
  key: z.string().describe("Its name after the change; of what goes, the one that it has."),
  what: z.enum(["added", "changed", "renamed", "removed", "moved"]),
  before: document.nullable(),
  after: document.nullable(),
  secretChanged: z.boolean().describe("A secret is another one, which the documents do not show."),
  place,
});
export type FileChange = z.output<typeof fileChange>;

const fileConflict = z.strictObject({
  kind,
  id: z.string(),
  key: z.string(),
  here: z.enum(["changed", "removed", "added"]).describe("What was done here since the file was made."),
  changedBy: z.string(),
  changedAt: time,
  sentence: z.string(),
  base: document.nullable().describe("As it was when the file was made; null: it was not there."),
  now: document.nullable().describe("As it is here; null: it is gone."),
  file: document.nullable().describe("As the file has it; null: it does not."),
  place,
});
export type FileConflict = z.output<typeof fileConflict>;

const fileDifference = z.strictObject({
  version: z.int().describe("What is here now."),
  basedOn: z.int().nullable().describe("The version that the file was made of; null: it does not say."),
  keptIn,
  applies: z.boolean().describe("An apply of this file, with the same `overwrite`, is taken."),
  refusals: z.array(locatedProblem).describe("Why it is not. What `overwrite` would undo is in `conflicts`."),
  changes: z.array(fileChange).describe("What it does; of a file that is refused, what it would do besides."),
  sentences: z.array(z.string()).describe("The same in words, as an apply tells it."),
  conflicts: z.array(fileConflict),
  warnings: z.array(locatedProblem),
});
/** What an apply of a file would do. */
export type FileDifference = z.output<typeof fileDifference>;

export const companyFileRoutes = {
  state: route({
    id: "company.state",
    method: "GET",
    path: "/company/state",
    summary: "Give the version of the configuration, and the company file that keeps it",
    role: "viewer",
    answer: z.strictObject({ version: z.int(), keptIn }),
    problems: [],
  }),
  diff: route({
    id: "company.diff",
    method: "POST",
    path: "/company/diff",
    summary: "Say what an apply of a company file would do; nothing is changed",
    role: "administrator",
    query: fileQuery,
    body: COMPANY_FILE,
    bodyLimit: FILE_BYTES,
    answer: fileDifference,
    problems: ["nothingToApply", "companyFileErrors"],
  }),
  takeOver: route({
    id: "company.takeOver",
    method: "POST",
    path: "/company/take-over",
    summary: "Change here again what a company file keeps",
    role: "administrator",
    answer: z.strictObject({ version: z.int(), keptIn }),
    problems: ["notSaved", "diskFull"],
  }),
} as const;
