import { createMasker, type Masker } from "../lib/masker.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import { companySchema } from "../model/company.ts";
import { checkCompany } from "../model/company-checks.ts";
import type { DocumentPath, LocatedProblem, Problem } from "../model/problem.ts";
import { formatPath } from "../model/problem.ts";
import { renamedIn, takeFormer } from "./former-names.ts";
import { problemsOfRest } from "./rest.ts";
import { documentSecrets } from "./secrets.ts";
import { problemsOf } from "./sentence.ts";
import type { Position } from "./yaml-text.ts";
import { readYaml } from "./yaml-text.ts";

/** A company file that has no errors. */
export interface CompanyFile {
  readonly company: Company;
  /** Under which names things were known before, by `kind name` as the file has it now. */
  readonly was: ReadonlyMap<string, string>;
  readonly warnings: readonly LocatedProblem[];
  /** Gives a problem that was found later (a password that is not stored, for example) its place in the file. */
  locate(problem: Problem): LocatedProblem;
}

/**
 * Reads a company file (YAML 1.2 or JSON): syntax, shape, references, plans. Either everything is right, or
 * every problem that was found comes back with its line; the text may be anything at all. `piecesFrom`: see readYaml.
 */
export function readCompany(
  text: string,
  file: string,
  piecesFrom?: number,
): Result<CompanyFile, LocatedProblem[]> {
  const yaml = readYaml(text, piecesFrom);
  if (!yaml.ok) {
    return err(
      yaml.error.map((problem) => ({
        file,
        path: "",
        severity: "error" as const,
        code: "badYaml" as const,
        ...problem,
      })),
    );
  }
  const at = (path: DocumentPath, atKey = false): Position => yaml.value.locate(path, atKey);
  // Only who has something to say needs it: all forms of thousands of passwords take seconds.
  let masker: Masker | undefined;
  const mask: Masker = (shown) => {
    masker ??= createMasker(documentSecrets(yaml.value.data));
    return masker(shown);
  };
  let lines: readonly string[] | undefined;
  /** Of `0501234567` YAML keeps the number, without its zero. */
  const asWritten = ({ code, message }: Problem, { line, column }: Position): string => {
    if (code !== "wrongType") return message;
    lines ??= text.split("\n");
    const number = /^\d[\d_.]*/.exec(lines[line - 1]?.slice(column - 1) ?? "")?.[0];
    return number === undefined ? message : message.replace(/ as in "[\d.e+]+"/, ` as in "${number}"`);
  };
  const locate = (problem: Problem): LocatedProblem => ({
    file,
    ...at(problem.path, problem.atKey),
    path: mask(formatPath(problem.path)),
    severity: problem.severity,
    code: problem.code,
    message: mask(asWritten(problem, at(problem.path, problem.atKey))),
    ...(problem.suggestion === undefined
      ? undefined
      : { suggestion: { ...problem.suggestion, with: mask(problem.suggestion.with) } }),
  });
  const { data, former } = takeFormer(yaml.value.data);
  const shape = companySchema.safeParse(data);
  if (!shape.success) {
    const { issues } = shape.error;
    const all = [...problemsOf(issues, yaml.value.data), ...problemsOfRest(data, issues)];
    return err(all.map(locate).sort(byPlace));
  }
  const renamed = renamedIn(shape.data, former);
  const problems = [...checkCompany(shape.data), ...renamed.problems].map(locate).sort(byPlace);
  if (problems.some((problem) => problem.severity === "error")) return err(problems);
  return ok({ company: shape.data, was: renamed.was, warnings: problems, locate });
}

function byPlace(a: LocatedProblem, b: LocatedProblem): number {
  return a.line - b.line || a.column - b.column;
}

/** `company.yaml:12:5: plans[0].steps[1].phone: There is no phone "217".`: the form editors can jump to. */
export function formatProblem(problem: LocatedProblem): string {
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const severity = problem.severity === "warning" ? "warning: " : "";
  return `${problem.file}:${problem.line}:${problem.column}: ${severity}${path}${problem.message}`;
}
