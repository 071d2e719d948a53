import type { Command } from "commander";
import { settings } from "../../config/schema.ts";
import type { Setting } from "../../config/setting.ts";
import { runStart } from "../start.ts";
import { dataOption, flagOption, flagsOf, type GivenOptions } from "./flags.ts";
import type { Done, ProgramPorts } from "./ports.ts";

// Loaded when it is run.
const examination = () => import("../doctor.ts");
const reloading = () => import("../reload.ts");

/** `start`, with a flag for each setting. */
export function addStart(program: Command, ports: ProgramPorts, done: Done): void {
  const start = program.command("start").description("Run the server until SIGTERM or Ctrl-C.");
  for (const setting of Object.values<Setting>(settings)) start.addOption(flagOption(setting));
  start.action(async (options: GivenOptions) =>
    done(await runStart(flagsOf(options), await ports.loadApp(), ports.serverOutput ?? ports.output)),
  );
}

/** `doctor`, which takes the flags of `start` too. */
export function addDoctor(program: Command, ports: ProgramPorts, done: Done): void {
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
    done(await (await examination()).runDoctor(flags, { dataDir, isJson, output: ports.output, stun, ntp }));
  });
}

/** `reload` */
export function addReload(program: Command, ports: ProgramPorts, done: Done): void {
  program
    .command("reload")
    .description("Have the running server read its certificate again, as SIGHUP does; calls go on.")
    .addOption(dataOption(ports))
    .action(async (options: { data: string }) =>
      done(await (await reloading()).runReload(options.data, ports.output)),
    );
}
