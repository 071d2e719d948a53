import { readFileSync } from "node:fs";
import { processEnvironment } from "../config/load.ts";
import { settings } from "../config/schema.ts";
import { terminal } from "./output.ts";
import { runProgram } from "./program.ts";

// The process of the command line: arguments in, exit code out.

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const environment = processEnvironment();

process.exitCode = await runProgram(process.argv.slice(2), {
  output: terminal,
  dataDir: environment[settings.dataDir.env] ?? settings.dataDir.default,
  version,
  speechCommand: environment[settings.speechCommand.env],
  loadApp: async () => (await import("../app.ts")).startApp,
});
