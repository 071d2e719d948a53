import { Worker } from "node:worker_threads";
import type { BackedUp } from "../admin/backup/backup.ts";
import { BackupSchedule } from "../admin/backup/schedule.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, type Result } from "../lib/result.ts";
import type { ControlStart } from "../link/link.ts";
import type { Clock } from "../runtime/clock.ts";
import type { BackupOrder } from "./backup-worker.ts";

/** The backups that are made by themselves; undefined: the settings ask for none. */
export function scheduledBackups(
  { backups, dataDir, softwareVersion }: Pick<ControlStart, "backups" | "dataDir" | "softwareVersion">,
  clock: Clock,
  log: (level: "info" | "warn", text: string) => void,
): BackupSchedule | undefined {
  if (backups === undefined) return undefined;
  const { passphraseFile } = backups;
  const write = (file: string): Promise<Result<BackedUp, string>> =>
    inWorker({ file, dataDir, version: softwareVersion, passphraseFile });
  return new BackupSchedule({ plan: backups, clock, write, log });
}

/** Has a thread of its own write a backup. Never rejects; an error is a sentence. */
export function inWorker(order: BackupOrder): Promise<Result<BackedUp, string>> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./backup-worker.ts", import.meta.url), { workerData: order });
    worker.once("message", resolve);
    worker.once("error", (error) => resolve(err(`${order.file} cannot be written: ${reasonOf(error)}.`)));
    // Its answer comes before its end; what has none ended too early.
    worker.once("exit", () => resolve(err(`${order.file} was not written: its thread has ended.`)));
  });
}
