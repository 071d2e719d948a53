import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { untilStopped } from "./start.ts";

/** `switchhook demo` (`npm start`): a demo company, one real call with its story, then a server that stays. */
export async function runDemoCommand(dataDir: string, output: Output): Promise<number> {
  const { runDemo } = await import("../demo/run.ts");
  const demo = await runDemo(dataDir, output);
  if (!demo.ok) {
    for (const sentence of demo.error) output.err(sentence);
    return ExitCode.unavailable;
  }
  await untilStopped(demo.value.app, output);
  return ExitCode.ok;
}
