import { Command, CommanderError } from "commander";
import { addAudio } from "./commands/audio.ts";
import { addBackupCommands } from "./commands/backup.ts";
import { addCalls } from "./commands/calls.ts";
import { addCompanyCommands } from "./commands/company.ts";
import { dataOption } from "./commands/flags.ts";
import type { Done, ProgramPorts } from "./commands/ports.ts";
import { addDoctor, addReload, addStart } from "./commands/server.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addAccess } from "./commands/state.ts";
import { addReply, addTrying } from "./commands/trying.ts";
import { ExitCode } from "./output.ts";
import { addTokenCommands, addUserCommands } from "./user-commands.ts";

export type { ProgramPorts } from "./commands/ports.ts";

const EXIT_CODES = `
Exit codes: 0 done · 1 the file has errors, or it does not exist in the installation · 2 wrong flags or
arguments · 3 a file, folder or server cannot be reached.`;

/** Runs one command line (without node and script); the value is the exit code. */
export async function runProgram(args: readonly string[], ports: ProgramPorts): Promise<number> {
  let code: number = ExitCode.ok;
  const program = createProgram(ports, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed the help, the version, or what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    throw error;
  }
}

/** The commands; `done` takes the exit code of the one that ran. */
export function createProgram(ports: ProgramPorts, done: Done): Command {
  const program = new Command("switchhook")
    .description("A phone switchboard in which every inbound call can ask a URL what to do.")
    .version(ports.version)
    .exitOverride()
    .showHelpAfterError("(switchhook help shows what there is)")
    .addHelpText("after", EXIT_CODES)
    .configureOutput({
      writeOut: (text) => eachLine(text, (line) => ports.output.out(line)),
      writeErr: (text) => eachLine(text, (line) => ports.output.err(line)),
    });
  addStart(program, ports, done);
  addCompanyCommands(program, ports, done);
  addReload(program, ports, done);
  addDoctor(program, ports, done);
  addReply(program, ports, done);
  addCalls(program, ports, done);
  addAccess(program, ports, done);
  addAudio(program, ports, done);
  addTrying(program, ports, done);
  addSimulate(program, { output: ports.output, done, dataOption: () => dataOption(ports) });
  const { output, readPassword = async () => undefined } = ports;
  const people = { output, readPassword, done, dataOption: () => dataOption(ports) };
  addBackupCommands(program, { ...people, version: ports.version });
  addUserCommands(program, people);
  addTokenCommands(program, people);
  return program;
}

function eachLine(text: string, write: (line: string) => void): void {
  for (const line of text.trimEnd().split("\n")) write(line);
}
