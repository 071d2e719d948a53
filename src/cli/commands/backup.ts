import type { Command, Option } from "commander";
import type { BackupPorts } from "../backup.ts";

// Loaded when it is run.
const backups = () => import("../backup.ts");

interface CommandParts extends BackupPorts {
  readonly done: (code: number) => void;
  readonly dataOption: () => Option;
}

/** `switchhook backup FILE` and `switchhook restore FILE`. */
export function addBackupCommands(program: Command, parts: CommandParts): void {
  program
    .command("backup")
    .description(
      "Write everything of an installation into one file, keys included, while its server runs or not.",
    )
    .argument("<file>", "file to write; it must not be there")
    .addOption(parts.dataOption())
    .option("--passphrase", "ask for a passphrase, without which nobody reads it", false)
    .action(async (file: string, options: { data: string; passphrase: boolean }) =>
      parts.done(await (await backups()).runBackup(file, options, parts)),
    );
  program
    .command("restore")
    .description("Make an empty data folder what a backup has; all of it or nothing.")
    .argument("<file>", "file that backup has written")
    .addOption(parts.dataOption())
    .action(async (file: string, options: { data: string }) =>
      parts.done(await (await backups()).runRestore(file, options, parts)),
    );
}
