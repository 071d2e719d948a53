import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { type BackedUp, writeBackup } from "../admin/backup/backup.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, type Result } from "../lib/result.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { snapshotDatabase } from "../store/snapshot.ts";

// The entry of a thread that writes one backup: copying the database holds its thread, and nobody waits for this one.

/** What the thread is given. */
export interface BackupOrder {
  readonly file: string;
  readonly dataDir: string;
  readonly version: string;
  readonly passphraseFile?: string | undefined;
  /** Where there is no file. */
  readonly passphrase?: string | undefined;
}

const MIN_PASSPHRASE = 8;

const port = parentPort;
if (port === null) throw new Error("control/backup-worker.ts runs as a worker thread only");
const written = await work(workerData as BackupOrder);
port.postMessage(written);

async function work({
  file,
  dataDir,
  version,
  passphraseFile,
  passphrase: given,
}: BackupOrder): Promise<Result<BackedUp, string>> {
  let passphrase = given;
  if (passphraseFile !== undefined) {
    try {
      passphrase = readFileSync(passphraseFile, "utf8").split("\n", 1)[0]?.trim();
    } catch (error) {
      return err(`The file of the passphrase, ${passphraseFile}, cannot be read: ${reasonOf(error)}.`);
    }
    if (passphrase === undefined || passphrase.length < MIN_PASSPHRASE)
      return err(
        `The first line of ${passphraseFile} is no passphrase: it has at least ${MIN_PASSPHRASE} characters.`,
      );
  }
  return writeBackup(file, {
    dataDir,
    version,
    passphrase,
    database: DATABASE_FILE,
    snapshot: (to) => snapshotDatabase(dataDir, to),
  });
}
