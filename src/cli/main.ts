import { readFileSync } from "node:fs";
import { listenersOf, udpFamilies } from "../config/listeners.ts";
import { loadSettings, processEnvironment } from "../config/load.ts";
import { settings } from "../config/schema.ts";
import { serverTerminal, terminal } from "./output.ts";
import { runProgram } from "./program.ts";
import { readPassword } from "./read-password.ts";

// The process of the command line: arguments in, exit code out.

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const environment = processEnvironment();

/** What SWITCHHOOK_SIP and SWITCHHOOK_SIPS say; who gives flags to `start` hears it from `start` and `apply`. */
function udpOf(variables: typeof environment): readonly (4 | 6)[] | undefined {
  const loaded = loadSettings({}, variables);
  if (!loaded.ok || loaded.value.sip.length + loaded.value.sips.length === 0) return undefined;
  const listeners = listenersOf(loaded.value);
  return listeners.ok ? udpFamilies(listeners.value) : undefined;
}

process.exitCode = await runProgram(process.argv.slice(2), {
  output: terminal,
  serverOutput: serverTerminal,
  dataDir: environment[settings.dataDir.env] ?? settings.dataDir.default,
  version,
  speechCommand: environment[settings.speechCommand.env],
  udp: udpOf(environment),
  readPassword,
  loadApp: async () => (await import("../app/process.ts")).startApp,
});
