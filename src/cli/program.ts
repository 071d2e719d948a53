import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Flags } from "../config/load.ts";
import { defaultText, usage } from "../config/reference.ts";
import { settings } from "../config/schema.ts";
import type { Setting } from "../config/setting.ts";
import { CALL_RESULTS } from "../model/call-record.ts";
import { type AccessOptions, runBans, runLiftBans, runPhones } from "./access.ts";
import { runApply } from "./apply.ts";
import type { AudioSourceOptions } from "./audio.ts";
import { runAudioAdd, runAudioGet, runAudioList, runAudioRemove } from "./audio.ts";
import { addBackupCommands } from "./backup.ts";
import { type CallOptions, runCall } from "./call.ts";
import type { CallListOptions, CallShowOptions } from "./calls.ts";
import { runCallList, runCallShow } from "./calls.ts";
import { runCheck } from "./check.ts";
import { runDemoCommand } from "./demo.ts";
import { type DiffOptions, runDiff } from "./diff.ts";
import { runDoctor } from "./doctor.ts";
import { runExport } from "./export.ts";
import { type CallFollowOptions, runCallFollow } from "./follow.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { runReload } from "./reload.ts";
import { type ReplyOptions, runReply } from "./reply.ts";
import { addSimulate } from "./simulate.ts";
import type { StartApp } from "./start.ts";
import { runStart } from "./start.ts";
import { runTrunks } from "./trunks.ts";
import { addTokenCommands, addUserCommands } from "./user-commands.ts";
import type { ReadPassword } from "./users.ts";
import { runWebhooks, runWebhookTry, type TryOptions } from "./webhooks.ts";

const EXIT_CODES = `
Exit codes: 0 done · 1 the file has errors, or it does not exist in the installation · 2 wrong flags or
arguments · 3 a file, folder or server cannot be reached.`;

/** What the command line needs of the rest. */
export interface ProgramPorts {
  readonly output: Output;
  /** That of a command that is a server; `output` when left out. */
  readonly serverOutput?: Output;
  /** SWITCHHOOK_DATA, or the default. */
  readonly dataDir: string;
  readonly version: string;
  /** Families on which the server of this environment listens for UDP; undefined: the environment does not say. */
  readonly udp?: readonly (4 | 6)[] | undefined;
  /** SWITCHHOOK_SPEECH_COMMAND: speaks texts while no server runs. */
  readonly speechCommand?: string | undefined;
  /** Nothing comes when left out. */
  readonly readPassword?: ReadPassword | undefined;
  /** Loads the server; only `start` pays for it. */
  loadApp(): Promise<StartApp>;
}

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
export function createProgram(ports: ProgramPorts, done: (code: number) => void): Command {
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

function addStart(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  const start = program.command("start").description("Run the server until SIGTERM or Ctrl-C.");
  for (const setting of Object.values<Setting>(settings)) start.addOption(flagOption(setting));
  start.action(async (options: GivenOptions) =>
    done(await runStart(flagsOf(options), await ports.loadApp(), ports.serverOutput ?? ports.output)),
  );
}

type GivenOptions = Readonly<Record<string, string | string[] | undefined>>;

function flagsOf(options: GivenOptions): Flags {
  return Object.fromEntries(
    Object.entries<Setting>(settings).map(([key, setting]) => [key, options[camelCase(setting.flag)]]),
  ) as Flags;
}

function addDoctor(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  const doctor = program
    .command("doctor")
    .description(
      "Say what is wrong with this machine, each with the line to type; with the settings of start.",
    )
    .option("--stun <HOST[:PORT]>", "ask this STUN server from which address it sees this machine")
    .option("--ntp <HOST[:PORT]>", "ask this NTP server how far the clock is off")
    .option("--json", "as JSON", false);
  for (const setting of Object.values<Setting>(settings)) doctor.addOption(flagOption(setting).hideHelp());
  doctor.action(async (options: GivenOptions & { readonly data?: string }, command: Command) => {
    const isJson = command.getOptionValue("json") === true;
    const flags = flagsOf(options);
    const { stun, ntp } = command.opts<{ readonly stun?: string; readonly ntp?: string }>();
    const dataDir = options.data ?? ports.dataDir;
    done(await runDoctor(flags, { dataDir, isJson, output: ports.output, stun, ntp }));
  });
}

function flagOption(setting: Setting): Option {
  const value = usage(setting).slice(usage(setting).indexOf(" ") + 1);
  const text = `${setting.sentence} (default: ${defaultText(setting)}; ${setting.env})`;
  const option = new Option(`--${setting.flag} <${value}>`, text);
  if (setting.kind !== "list") return option;
  return option.argParser((given: string, before: string[] | undefined) => [...(before ?? []), given]);
}

/** Commander's own rule for the name of an option's value. */
function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function addCompanyCommands(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  program
    .command("check")
    .description("Say what is wrong with a company file; change nothing.")
    .argument("<file>", "company file (YAML or JSON); - reads standard input")
    .option("--json", "as JSON: each problem with its code, arguments, place and sentence", false)
    .action((file: string, { json }: { json: boolean }) =>
      done(runCheck(file, { json, udp: ports.udp }, ports.output)),
    );
  program
    .command("apply")
    .description("Make the installation match a company file, running or not; all or nothing.")
    .argument("<file>", "company file (YAML or JSON); - reads standard input")
    .addOption(dataOption(ports))
    .addOption(overwriteOption())
    .action(async (file: string, { data, overwrite }: { data: string; overwrite: boolean }) =>
      done(await runApply(file, data, { speechCommand: ports.speechCommand, overwrite }, ports.output)),
    );
  program
    .command("diff")
    .description("Say what an apply of a company file would do; change nothing.")
    .argument("<file>", "company file (YAML or JSON); - reads standard input")
    .addOption(dataOption(ports))
    .addOption(overwriteOption())
    .option("--json", "as JSON", false)
    .action(async (file: string, options: DiffOptions) => done(await runDiff(file, options, ports.output)));
  program
    .command("export")
    .description("Write the installation as a company file, to the terminal or to FILE.")
    .argument("[file]", "file to write")
    .addOption(dataOption(ports))
    .option("--with-secrets", "write passwords out; without it they are ***, which an apply keeps", false)
    .action(async (file: string | undefined, options: { data: string; withSecrets: boolean }) =>
      done(await runExport(file, options.data, options.withSecrets, ports.output)),
    );
}

function addReply(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  program
    .command("reply")
    .description("Read a webhook's reply as a call does, and say what would come of it.")
    .argument("<file>", "the body, or a whole HTTP reply (`curl -i`); - reads standard input")
    .option("--code <digits>", "a code was asked for, and this was typed: NAK asks again")
    .option("--callername <name>", "what was sent as {callername}: it must not steer the call")
    .option("--callerid <number>", "what was sent as {callerid}")
    .option("--json", "as JSON", false)
    .action((file: string, options: ReplyOptions) => done(runReply(file, options, ports.output)));
}

/** A command that lists what a running server has. */
function listed(program: Command, ports: ProgramPorts, name: string): Command {
  return program
    .command(name)
    .addOption(dataOption(ports))
    .addOption(utcOption())
    .option("--json", "as JSON", false);
}

function addAccess(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  listed(program, ports, "phones")
    .description("Every phone: where it is registered, since when, and why its last login failed.")
    .action(async (options: AccessOptions) => done(await runPhones(options, ports.output)));
  listed(program, ports, "trunks")
    .description("Every trunk: registered or not and why, the address in use, and its last calls.")
    .action(async (options: AccessOptions) => done(await runTrunks(options, ports.output)));
  addWebhooks(program, ports, done);
  const bans = listed(program, ports, "bans")
    .description("Who is banned for a flood, or slowed down for wrong passwords: why and until when.")
    .action(async (options: AccessOptions) => done(await runBans(options, ports.output)));
  bans
    .command("lift")
    .description("Let an address or an extension start anew.")
    .argument("[what]", "as the list shows it")
    .addOption(dataOption(ports))
    .option("--all", "everything", false)
    .action(async (what: string | undefined, options: { data: string; all: boolean }, command: Command) =>
      done(await runLiftBans(what, { ...options, data: dataOf(command) }, ports.output)),
    );
}

function addWebhooks(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  const webhooks = listed(program, ports, "webhooks")
    .description("Every webhook: how it does, what it was asked last, and why that failed.")
    .action(async (options: AccessOptions) => done(await runWebhooks(options, ports.output)));
  webhooks
    .command("try")
    .description("Ask a webhook as a call would, and say what the call would make of the reply.")
    .argument("<name>", "the webhook's name")
    .addOption(dataOption(ports))
    .option("--from <number>", "calling number, as +31612345678")
    .option("--to <number>", "called number")
    .option("--name <name>", "calling name")
    .option("--code <digits>", "the code that the caller typed")
    .option("--json", "as JSON", false)
    .action(async (name: string, options: TryOptions, command: Command) => {
      const { json } = above(command);
      done(await runWebhookTry(name, { ...options, json, data: dataOf(command) }, ports.output));
    });
}

function addReload(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  program
    .command("reload")
    .description("Have the running server read its certificate again, as SIGHUP does; calls go on.")
    .addOption(dataOption(ports))
    .action(async (options: { data: string }) => done(await runReload(options.data, ports.output)));
}

function addCalls(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  const calls = program
    .command("calls")
    .description("List the newest calls.")
    .addOption(dataOption(ports))
    .option("--limit <number>", "at most this many, 1 to 1000", parseLimit, 20)
    .option("--before <id>", "only calls older than this one")
    .addOption(
      new Option("--result <result>", "only calls that ended so; now: those that are up").choices([
        ...CALL_RESULTS,
        "missed",
        "now",
      ]),
    )
    .option("--missed", "only calls in which somebody was to be reached, and nobody answered", false)
    .option("--party <number>", "only calls from or to this number, however it is written, or answered by it")
    .option("--plan <name>", "only calls that took this dial plan")
    .option("--webhook <name>", "only calls that asked this webhook")
    .option("--phone <extension>", "only calls that this phone made, or that rang it")
    .option("--find <text>", "only calls with this in a number or a name, or as the beginning of the id")
    .option("--refused", "what strangers tried, instead of calls: their calls and their logins", false)
    .addOption(utcOption())
    .option("--json", "as JSON", false)
    .action(async (options: CallListOptions) => done(await runCallList(options, ports.output)));
  calls
    .command("now")
    .description("List the calls that are up.")
    .addOption(dataOption(ports))
    .addOption(utcOption())
    .option("--json", "as JSON", false)
    .action(async (_options: unknown, command: Command) => {
      const options = {
        ...calls.opts<CallListOptions>(),
        result: "now" as const,
        ...command.opts<JsonAndUtc>(),
      };
      done(await runCallList({ ...options, ...above(command), data: dataOf(command) }, ports.output));
    });
  calls
    .command("show")
    .description("Tell the story of one call, with its SIP ladder.")
    .argument("<id>", "the call's id, or its beginning")
    .addOption(dataOption(ports))
    .option("--json", "as JSON", false)
    .option("--messages", "the SIP messages in full as well", false)
    .option("--ascii", "draw with plain ASCII characters", false)
    .addOption(utcOption())
    .action(async (id: string, options: CallShowOptions, command: Command) => {
      done(await runCallShow(id, { ...options, ...above(command), data: dataOf(command) }, ports.output));
    });
  calls
    .command("follow")
    .description("Tell what happens in a call while it happens; without an id, which calls begin and end.")
    .argument("[id]", "the call's id, or its beginning")
    .addOption(dataOption(ports))
    .addOption(utcOption())
    .action(async (id: string | undefined, _options: CallFollowOptions, command: Command) => {
      const { utc } = above(command);
      done(await runCallFollow(id, { data: dataOf(command), utc }, ports.output));
    });
}

interface JsonAndUtc {
  readonly json: boolean;
  readonly utc: boolean;
}

/** Flags of a command below `calls` that may stand before its name as well. */
function above(command: Command): JsonAndUtc {
  const own = command.opts<Partial<JsonAndUtc>>();
  const over = command.parent?.opts<Partial<JsonAndUtc>>();
  return {
    json: (own.json ?? false) || (over?.json ?? false),
    utc: (own.utc ?? false) || (over?.utc ?? false),
  };
}

function utcOption(): Option {
  return new Option("--utc", "times in UTC, not those of the company's time zone").default(false);
}

/** `--data` of a command below another may stand before its name as well as after it. */
function dataOf(command: Command): string {
  const isGiven = command.getOptionValueSource("data") !== "default";
  const holder = isGiven ? command : (command.parent ?? command);
  return holder.opts<{ readonly data: string }>().data;
}

/** The options of an audio command. */
type AudioFlags = Omit<AudioSourceOptions, "speechCommand">;

function addAudio(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  const audio = program
    .command("audio")
    .description("Audio messages: what callers hear. List, add, hear and remove them.");
  const withData = (options: AudioFlags): AudioSourceOptions => ({
    ...options,
    speechCommand: ports.speechCommand,
  });
  audio
    .command("list")
    .description("List the audio messages, those that come with Switchhook included.")
    .addOption(dataOption(ports))
    .option("--json", "as JSON", false)
    .action(async (options: AudioFlags & { json: boolean }) =>
      done(await runAudioList(withData(options), options.json, ports.output)),
    );
  audio
    .command("add")
    .description("Add an audio message, or replace it, from a sound file or a text.")
    .argument("<name>", "the message's name")
    .argument("[file]", "WAV, MP3, OGG (Vorbis or Opus), FLAC, or M4A where ffmpeg is installed")
    .option("--text <text>", "have this text spoken")
    .option("--language <language>", "language of the text: nl, en")
    .addOption(dataOption(ports))
    .action(async (name: string, file: string | undefined, options: AudioFlags) =>
      done(await runAudioAdd(name, file, withData(options), ports.output)),
    );
  audio
    .command("get")
    .description("Write an audio message as a WAV file, to hear it.")
    .argument("<name>", "the message's name")
    .argument("<file>", "file to write")
    .addOption(dataOption(ports))
    .action(async (name: string, file: string, options: AudioFlags) =>
      done(await runAudioGet(name, file, withData(options), ports.output)),
    );
  audio
    .command("remove")
    .description("Remove an audio message that nothing plays.")
    .argument("<name>", "the message's name")
    .addOption(dataOption(ports))
    .action(async (name: string, options: AudioFlags) =>
      done(await runAudioRemove(name, withData(options), ports.output)),
    );
}

/** Commands for trying things out. */
function addTrying(program: Command, ports: ProgramPorts, done: (code: number) => void): void {
  program
    .command("demo")
    .description("Start a demo company, place two calls that a webhook routes, and keep running.")
    .addOption(dataOption(ports))
    .action(async (options: { data: string }) =>
      done(await runDemoCommand(options.data, ports.serverOutput ?? ports.output)),
    );
  program
    .command("call")
    .description("Place a test call from this machine at the running server, hang up after the answer.")
    .argument("<number>", "number to call, as a trunk would write it: +31501234567")
    .addOption(dataOption(ports))
    .option("--from <number>", "calling number", "+31612345678")
    .option("--name <name>", "calling name", "")
    .option("--talk <seconds>", "hang up this long after somebody has answered; 1 to 60", parseTalk, 2)
    .option(
      "--code <keys>",
      "keys to type when a message has been heard, such as 2580#; may be given several times",
      parseCode,
      [],
    )
    .action(async (number: string, options: Omit<CallOptions, "codes"> & { code: readonly string[] }) =>
      done(await runCall(number, { ...options, codes: options.code }, ports.output)),
    );
}

function parseTalk(text: string): number {
  const seconds = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 60) throw new InvalidArgumentError("It must be a whole number from 1 to 60.");
  return seconds;
}

function parseCode(text: string, before: readonly string[]): readonly string[] {
  if (!/^[0-9*#]{1,32}$/.test(text))
    throw new InvalidArgumentError("Keys are 0 to 9, * and #, 1 to 32 of them.");
  return [...before, text];
}

function overwriteOption(): Option {
  return new Option("--overwrite", "undo what was changed here since the file was made").default(false);
}

function dataOption(ports: ProgramPorts): Option {
  return new Option("--data <DIR>", `data folder (${settings.dataDir.env})`).default(ports.dataDir);
}

function parseLimit(text: string): number {
  const limit = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 1000) throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
  return limit;
}
