import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type Refused, refused } from "../api/contract/problems.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { AuditRepository } from "../model/repositories.ts";
import { inWorker } from "./backups.ts";

export interface BackupDownloadParts {
  readonly dataDir: string;
  readonly version: string;
  readonly audit: Pick<AuditRepository, "append">;
  readonly wall: () => number;
}

/** Of the folder that one is written in. */
const FOLDER = ".backup-";

/** Backups that are downloaded: each is written by a thread of its own beside the data, and is gone when it has been read (docs/adr/0100). */
export class BackupDownloads {
  readonly #parts: BackupDownloadParts;
  readonly #tidied: Promise<void>;
  #isBusy = false;

  constructor(parts: BackupDownloadParts) {
    this.#parts = parts;
    this.#tidied = removeLeft(parts.dataDir);
  }

  /** One at a time. That somebody took one is in the audit log before a single octet has left. */
  async make(passphrase: string, by: Doer): Promise<Result<Readable, Refused<"busy" | "noBackup">>> {
    if (this.#isBusy) return err({ ...refused("busy", "A backup is being written."), retryAfterSeconds: 5 });
    this.#isBusy = true;
    try {
      return ok(await this.#written(passphrase, by));
    } catch (error) {
      return err(refused("noBackup", reasonOf(error)));
    } finally {
      this.#isBusy = false;
    }
  }

  async #written(passphrase: string, by: Doer): Promise<Readable> {
    const { dataDir, version, audit, wall } = this.#parts;
    await this.#tidied;
    const folder = await mkdtemp(join(dataDir, FOLDER));
    try {
      const file = join(folder, "backup");
      const written = await inWorker({ file, dataDir, version, passphrase });
      if (!written.ok) throw new Error(written.error);
      const handle = await open(file);
      await audit.append({
        at: wall(),
        by: by.name,
        what: "backupTaken",
        version: undefined,
        changes: [],
        from: by.address,
      });
      // What is open stays readable until it is closed, though its name goes below.
      return handle.createReadStream();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Removes what a run has left that ended while one was written. Never rejects: what stays is tried at the next start. */
async function removeLeft(dataDir: string): Promise<void> {
  try {
    const left = (await readdir(dataDir)).filter((name) => name.startsWith(FOLDER));
    await Promise.all(left.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
  } catch {
    // A folder that cannot be read is told when a backup is made.
  }
}
