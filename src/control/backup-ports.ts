import type { BackupSchedule } from "../admin/backup/schedule.ts";
import { refused } from "../api/contract/problems.ts";
import type { ApiPorts } from "../api/ports.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok } from "../lib/result.ts";
import type { ControlStart } from "../link/link.ts";
import type { AuditRepository } from "../model/repositories.ts";
import { BackupDownloads } from "./backup-downloads.ts";

interface BackupPortParts {
  readonly start: Pick<ControlStart, "dataDir" | "softwareVersion">;
  readonly kept: ApiPorts["backup"]["kept"];
  /** Undefined: the settings ask for none by the clock. */
  readonly schedule: Pick<BackupSchedule, "report" | "makeNow"> | undefined;
  readonly audit: Pick<AuditRepository, "append">;
  readonly wall: () => number;
}

/** What the API needs for backups: those that are downloaded, and those by the clock. */
export function backupPorts({ start, kept, schedule, audit, wall }: BackupPortParts): ApiPorts["backup"] {
  const downloads = new BackupDownloads({
    dataDir: start.dataDir,
    version: start.softwareVersion,
    audit,
    wall,
  });
  const shown = async (one: Pick<BackupSchedule, "report">) => {
    const { lastFailure = null, ...report } = await one.report();
    return { ...report, lastFailure };
  };
  return {
    kept,
    make: (passphrase, by) => downloads.make(passphrase, by),
    scheduled: async () => (schedule === undefined ? undefined : shown(schedule)),
    makeNow: async (by) => {
      if (schedule === undefined)
        return err(
          refused("noBackup", "The server was started without --backup-folder: there is no place for one."),
        );
      const before = await shown(schedule);
      // Who only waits for one that is being made has asked for none.
      if (before.isBeingMade) return ok(before);
      try {
        // That it was asked for: whether it could be made is not known yet.
        await audit.append({
          at: wall(),
          by: by.name,
          what: "backupAsked",
          version: undefined,
          changes: [],
          from: by.address,
        });
      } catch (error) {
        return err(refused("noBackup", reasonOf(error)));
      }
      // Never rejects; how it went stands in the report.
      void schedule.makeNow();
      return ok(await shown(schedule));
    },
  };
}
