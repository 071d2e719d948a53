import { mkdtemp, open, rm } from "node:fs/promises";
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

/** Backups that are downloaded: each is written by a thread of its own beside the data, and is gone when it has been read (docs/adr/0100). */
export class BackupDownloads {
  readonly #parts: BackupDownloadParts;
  #isBusy = false;

  constructor(parts: BackupDownloadParts) {
    this.#parts = parts;
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
    const folder = await mkdtemp(join(dataDir, ".backup-"));
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
