import type { Command, Option } from "commander";
import type { BackupPorts } from "../backup.ts";
import type { RestoreOptions } from "../restore.ts";

// Loaded when it is run.
const backups = () => import("../backup.ts");
const restoring = () => import("../restore.ts");

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
    .description(
      "Make an empty data folder what a backup has, all of it or nothing; or show a running server the backup, and have it begin anew with that.",
    )
    .argument("[file]", "file that backup has written")
    .addOption(parts.dataOption())
    .option("--replace", "have the running server take it in place of all that is there", false)
    .option("--wait <SECONDS>", "so long calls may go on before the server begins anew", "60")
    .option("--back", "go back to what was there before the last restore", false)
    .action(async (file: string | undefined, options: RestoreOptions) =>
      parts.done(await (await restoring()).runRestore(file, options, parts)),
    );
}
