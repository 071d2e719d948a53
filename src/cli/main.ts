import { readFileSync } from "node:fs";
import { processEnvironment } from "../config/load.ts";
import { settings } from "../config/schema.ts";
import { terminal } from "./output.ts";
import { runProgram } from "./program.ts";

// The process of the command line: arguments in, exit code out.

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

process.exitCode = await runProgram(process.argv.slice(2), {
  output: terminal,
  dataDir: processEnvironment()[settings.dataDir.env] ?? settings.dataDir.default,
  version,
  loadApp: async () => (await import("../app.ts")).startApp,
});
