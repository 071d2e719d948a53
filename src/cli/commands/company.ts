import type { Command } from "commander";
import type { DiffOptions } from "../diff.ts";
import { dataOption, overwriteOption } from "./flags.ts";
import type { Done, ProgramPorts } from "./ports.ts";

// Loaded when it is run.
const applying = () => import("../apply.ts");
const checking = () => import("../check.ts");
const comparing = () => import("../diff.ts");
const exporting = () => import("../export.ts");

/** What takes or gives a company file: `check`, `apply`, `diff`, `export`. */
export function addCompanyCommands(program: Command, ports: ProgramPorts, done: Done): void {
  program
    .command("check")
    .description("Say what is wrong with a company file; change nothing.")
    .argument("<file>", "company file (YAML or JSON); - reads standard input")
    .option("--json", "as JSON: each problem with its code, arguments, place and sentence", false)
    .action(async (file: string, { json }: { json: boolean }) =>
      done((await checking()).runCheck(file, { json, heard: ports.heard }, ports.output)),
    );
  program
    .command("apply")
    .description("Make the installation match a company file, running or not; all or nothing.")
    .argument("<file>", "company file (YAML or JSON); - reads standard input")
    .addOption(dataOption(ports))
    .addOption(overwriteOption())
    .action(async (file: string, { data, overwrite }: { data: string; overwrite: boolean }) =>
      done(
        await (await applying()).runApply(
          file,
          data,
          { speechCommand: ports.speechCommand, overwrite },
          ports.output,
        ),
      ),
    );
  program
    .command("diff")
    .description("Say what an apply of a company file would do; change nothing.")
    .argument("<file>", "company file (YAML or JSON); - reads standard input")
    .addOption(dataOption(ports))
    .addOption(overwriteOption())
    .option("--json", "as JSON", false)
    .action(async (file: string, options: DiffOptions) =>
      done(await (await comparing()).runDiff(file, options, ports.output)),
    );
  program
    .command("export")
    .description("Write the installation as a company file, to the terminal or to FILE.")
    .argument("[file]", "file to write")
    .addOption(dataOption(ports))
    .option("--with-secrets", "write passwords out; without it they are ***, which an apply keeps", false)
    .action(async (file: string | undefined, options: { data: string; withSecrets: boolean }) =>
      done(await (await exporting()).runExport(file, options.data, options.withSecrets, ports.output)),
    );
}
