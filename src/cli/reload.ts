import { printFailure } from "./apply.ts";
import { findInstallation } from "./installation.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

/** `switchhook reload`: has the running server read its certificate again; calls go on. */
export async function runReload(dataDir: string, output: Output): Promise<number> {
  const installation = await findInstallation(dataDir, false);
  if (!installation.ok) return printFailure(installation.error, output);
  const reloaded = await installation.value.reload();
  if (!reloaded.ok) return printFailure(reloaded.error, output);
  output.out(reloaded.value);
  return ExitCode.ok;
}
