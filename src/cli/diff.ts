import type { FileDifference } from "../api/contract/company-file.ts";
import { formatProblem } from "../company/file.ts";
import { printFailure } from "./apply.ts";
import { readCompanyText } from "./company-text.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

export interface DiffOptions {
  readonly data: string;
  readonly overwrite: boolean;
  readonly json: boolean;
}

/** `switchhook diff FILE`: what an apply of the file would do; changes nothing. */
export async function runDiff(file: string, options: DiffOptions, output: Output): Promise<number> {
  const text = readCompanyText(file);
  if (!text.ok) {
    output.err(text.error);
    return ExitCode.unavailable;
  }
  const installation = await findInstallation(options.data, true);
  if (!installation.ok) return printFailure(installation.error, output);
  const difference = await installation.value.diff(text.value, file, options.overwrite);
  if (!difference.ok) return printFailure(difference.error, output);
  if (options.json) output.json(difference.value);
  else printDifference(difference.value, file, output);
  return difference.value.applies ? ExitCode.ok : ExitCode.refused;
}

function printDifference(difference: FileDifference, file: string, output: Output): void {
  const { version, keptIn, sentences, refusals, warnings, applies } = difference;
  for (const warning of warnings) output.err(formatProblem(warning));
  for (const sentence of sentences) output.out(`  ${sentence}`);
  for (const refusal of refusals) output.err(formatProblem(refusal));
  if (!applies) {
    output.err(`An apply of ${file} is refused; nothing would be changed.`);
    return;
  }
  if (keptIn !== null) output.out(`Version ${version} is kept in ${keptIn.file}.`);
  output.out(
    sentences.length === 0
      ? `Nothing to change: ${file} is what version ${version} has.`
      : `An apply of ${file} would make version ${version + 1} of version ${version}.`,
  );
}
