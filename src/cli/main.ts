import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { heardAt, listenersOf } from "../config/listeners.ts";
import { blankAsUnset, loadSettings, processEnvironment } from "../config/load.ts";
import { settings } from "../config/schema.ts";
import type { HeardAt } from "../model/trunk-sockets.ts";
import { serverTerminal, terminal } from "./output.ts";
import { runProgram } from "./program.ts";
import { readPassword } from "./read-password.ts";

// The process of the command line: arguments in, exit code out.

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const environment = processEnvironment();

/** What SWITCHHOOK_SIP and SWITCHHOOK_SIPS say; who gives flags to `start` hears it from `start` and `apply`. */
function heardBy(variables: typeof environment): HeardAt | undefined {
  const loaded = loadSettings({}, variables);
  if (!loaded.ok || loaded.value.sip.length + loaded.value.sips.length === 0) return undefined;
  const listeners = listenersOf(loaded.value);
  return listeners.ok ? heardAt(listeners.value, networkInterfaces()) : undefined;
}

process.exitCode = await runProgram(process.argv.slice(2), {
  output: terminal,
  serverOutput: serverTerminal,
  dataDir: blankAsUnset(environment[settings.dataDir.env]) ?? settings.dataDir.default,
  version,
  speechCommand: blankAsUnset(environment[settings.speechCommand.env]),
  heard: heardBy(environment),
  readPassword,
  loadApp: async () => (await import("../app/process.ts")).startApp,
});
