import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeBackup } from "../admin/backup/backup.ts";
import { restoreBackup } from "../admin/backup/restore.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { contentOfDatabase, snapshotDatabase } from "../store/snapshot.ts";
import { noInstallation } from "./failure.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import type { ReadPassword } from "./users.ts";

/** What these commands need of the rest. */
export interface BackupPorts {
  readonly output: Output;
  readonly readPassword: ReadPassword;
  readonly version: string;
}

/** Writes a backup of an installation, as `switchhook backup` does. */
export async function runBackup(
  file: string,
  { data, passphrase: isSealed }: { readonly data: string; readonly passphrase: boolean },
  { output, readPassword, version }: BackupPorts,
): Promise<number> {
  if (!existsSync(join(data, DATABASE_FILE))) {
    output.err(noInstallation(data));
    return ExitCode.unavailable;
  }
  const passphrase = isSealed ? await readPassword("Passphrase: ") : undefined;
  if (isSealed && (passphrase === undefined || passphrase.length < 8)) {
    output.err("A passphrase has at least 8 characters.");
    return ExitCode.usage;
  }
  const made = await writeBackup(file, {
    dataDir: data,
    version,
    passphrase,
    database: DATABASE_FILE,
    snapshot: (to) => snapshotDatabase(data, to),
  });
  if (!made.ok) {
    output.err(made.error);
    return ExitCode.unavailable;
  }
  const { files, bytes, leftOut } = made.value;
  output.out(
    `Written to ${file}: ${files} ${files === 1 ? "file" : "files"}, ${bytes.toLocaleString("en")} octets.`,
  );
  if (leftOut.length > 0) output.err(`Not in it, for it cannot be read as a file: ${leftOut.join(", ")}.`);
  if (!isSealed)
    output.err("It holds the key of all passwords: keep it as safe as the data folder, or use --passphrase.");
  return ExitCode.ok;
}

/** Fills an empty data folder, as `switchhook restore` does where no server runs. */
export async function fillEmptyFolder(
  file: string,
  { data }: { readonly data: string },
  { output, readPassword }: BackupPorts,
): Promise<number> {
  const restored = await restoreBackup(file, {
    dataDir: data,
    database: DATABASE_FILE,
    passphrase: ({ made }) => readPassword(`Passphrase of the backup of ${made}: `),
    check: contentOfDatabase,
  });
  if (!restored.ok) {
    output.err(restored.error);
    return ExitCode.refused;
  }
  output.out(`Restored into ${data}. Start it: switchhook start --data ${data}`);
  return ExitCode.ok;
}
