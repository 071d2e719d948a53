import { type CompanyFile, formatProblem, readCompany } from "../company/file.ts";
import type { LocatedProblem } from "../model/problem.ts";
import { type HeardAt, trunksWithoutSocket } from "../model/trunk-sockets.ts";
import { readCompanyText } from "./company-text.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

export interface CheckOptions {
  readonly json: boolean;
  /** Where the server would listen. */
  readonly heard: HeardAt | undefined;
}

/** `switchhook check FILE`: says what is wrong with a company file; changes nothing. */
export function runCheck(file: string, { json, heard }: CheckOptions, output: Output): number {
  const text = readCompanyText(file);
  if (!text.ok) {
    output.err(text.error);
    return ExitCode.unavailable;
  }
  const read = readCompany(text.value, file);
  const problems = read.ok ? [...read.value.warnings, ...mute(read.value, heard)] : read.error;
  if (json) output.json(reportOf(file, read.ok, problems));
  else if (!read.ok) printProblems(problems, output);
  else {
    for (const warning of problems) output.err(formatProblem(warning));
    const { phones, webhooks, plans, numbers } = read.value.company;
    output.out(
      `${file}: no errors (phones: ${phones.length}, webhooks: ${webhooks.length}, plans: ${plans.length}, numbers: ${numbers.length}).`,
    );
  }
  return read.ok ? ExitCode.ok : ExitCode.refused;
}

/** Nothing is known of the server. */
const ANYWHERE: HeardAt = { udp: [4, 6], places: [] };

/** Trunks that a server which listens so could not reach. */
function mute(read: CompanyFile, heard: CheckOptions["heard"]): readonly LocatedProblem[] {
  return trunksWithoutSocket(read.company, heard ?? ANYWHERE).map((problem) => read.locate(problem));
}

/** For programs: the code and its arguments last, the sentence may be worded otherwise tomorrow. */
function reportOf(file: string, accepted: boolean, problems: readonly LocatedProblem[]): object {
  return {
    file,
    accepted,
    problems: problems.map(({ code, severity, line, column, path, message, suggestion }) => ({
      code,
      severity,
      place: { line, column, path },
      args: suggestion === undefined ? {} : { [suggestion.replace]: suggestion.with },
      sentence: message,
    })),
  };
}

/** Prints problems one a line, and how many of them refuse the file. */
export function printProblems(problems: readonly LocatedProblem[], output: Output): void {
  for (const problem of problems) output.err(formatProblem(problem));
  const errors = problems.filter((problem) => problem.severity === "error").length;
  output.err(`${errors} ${errors === 1 ? "error" : "errors"}.`);
}
