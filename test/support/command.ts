import { createOutput } from "../../src/cli/output.ts";
import { runProgram } from "../../src/cli/program.ts";

/** What a command said, and its exit code. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `switchhook` in this process, where a new one for each would cost more than what it does. */
export async function command(...args: readonly string[]): Promise<Said> {
  let [stdout, stderr] = ["", ""];
  const output = createOutput(
    (text) => void (stdout += text),
    (text) => void (stderr += text),
    100,
  );
  const noServer = (): Promise<never> => Promise.reject(new Error("no command here starts a server"));
  const code = await runProgram(args, { output, dataDir: "data", version: "0", loadApp: noServer });
  return { code, stdout, stderr };
}
