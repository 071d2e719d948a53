import { formatProblem, readCompany } from "../company/file.ts";
import type { LocatedProblem } from "../model/problem.ts";
import { trunksWithoutSocket } from "../model/trunk-sockets.ts";
import { readCompanyText } from "./company-text.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

/** `switchhook check FILE`: says what is wrong with a company file; changes nothing. `udp`: where the server would listen. */
export function runCheck(file: string, output: Output, udp: readonly (4 | 6)[] | undefined): number {
  const text = readCompanyText(file);
  if (!text.ok) {
    output.err(text.error);
    return ExitCode.unavailable;
  }
  const read = readCompany(text.value, file);
  if (!read.ok) {
    printProblems(read.error, output);
    return ExitCode.refused;
  }
  const mute = trunksWithoutSocket(read.value.company, udp ?? [4, 6]);
  for (const warning of [...read.value.warnings, ...mute.map((problem) => read.value.locate(problem))])
    output.err(formatProblem(warning));
  const { phones, webhooks, plans, numbers } = read.value.company;
  output.out(
    `${file}: no errors (phones: ${phones.length}, webhooks: ${webhooks.length}, plans: ${plans.length}, numbers: ${numbers.length}).`,
  );
  return ExitCode.ok;
}

/** Prints problems one a line, and how many of them refuse the file. */
export function printProblems(problems: readonly LocatedProblem[], output: Output): void {
  for (const problem of problems) output.err(formatProblem(problem));
  const errors = problems.filter((problem) => problem.severity === "error").length;
  output.err(`${errors} ${errors === 1 ? "error" : "errors"}.`);
}
