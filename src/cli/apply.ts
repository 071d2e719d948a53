import { formatProblem } from "../company/file.ts";
import { printProblems } from "./check.ts";
import { readCompanyText } from "./company-text.ts";
import type { Failure } from "./failure.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

/** `switchhook apply FILE`: makes the installation match the file, running or not; all or nothing. */
export async function runApply(
  file: string,
  dataDir: string,
  how: { readonly speechCommand: string | undefined; readonly overwrite: boolean },
  output: Output,
): Promise<number> {
  const { speechCommand, overwrite } = how;
  const text = readCompanyText(file);
  if (!text.ok) {
    output.err(text.error);
    return ExitCode.unavailable;
  }
  const installation = await findInstallation(dataDir, true, speechCommand);
  if (!installation.ok) return printFailure(installation.error, output);
  const applied = await installation.value.apply(text.value, file, {
    progress: (sentence) => output.err(`${sentence} …`),
    overwrite,
  });
  if (!applied.ok) {
    const code = printFailure(applied.error, output);
    if (applied.error.type === "refused") output.err("Nothing has been changed.");
    return code;
  }
  const { live, version, changes, warnings } = applied.value;
  for (const warning of warnings) output.err(formatProblem(warning));
  for (const change of changes) output.out(`  ${change}`);
  const where = live ? "the running server routes new calls by it" : "used when the server starts";
  output.out(
    changes.length === 0
      ? `Nothing to change: ${file} is what version ${version} has.`
      : `Applied as version ${version}; ${where}.`,
  );
  return ExitCode.ok;
}

/** Prints why a command failed; the value is its exit code. */
export function printFailure(failure: Failure, output: Output): number {
  if (failure.type === "refused") {
    printProblems(failure.problems, output);
    return ExitCode.refused;
  }
  output.err(failure.sentence);
  return failure.type === "rejected" ? ExitCode.refused : ExitCode.unavailable;
}
