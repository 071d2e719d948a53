import { writePrivateFile } from "../instance/private-file.ts";
import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

/**
 * `switchhook export [FILE]`: writes the installation as a company file. Without secrets every password is `***`,
 * which an apply to the same installation keeps.
 */
export async function runExport(
  file: string | undefined,
  dataDir: string,
  withSecrets: boolean,
  output: Output,
): Promise<number> {
  const installation = await findInstallation(dataDir, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const text = await installation.value.export(withSecrets ? "clear" : "masked");
  if (!text.ok) return printFailure(text.error, output);
  if (text.value === undefined) {
    output.err(`Nothing has been applied to ${dataDir} yet: run switchhook apply FILE.`);
    return ExitCode.refused;
  }
  if (file === undefined) {
    for (const line of text.value.trimEnd().split("\n")) output.out(line);
    return ExitCode.ok;
  }
  try {
    // For its owner alone: it names every account, and may hold passwords.
    writePrivateFile(file, text.value);
  } catch (error) {
    output.err(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
    return ExitCode.unavailable;
  }
  output.out(`Written to ${file}.`);
  return ExitCode.ok;
}
