import { signDatabase } from "../admin/backup/sign.ts";
import { goBack, wayBack } from "../admin/backup/take-over.ts";
import { claimInstance, readInstance, releaseInstance } from "../instance/instance-file.ts";
import { reasonOf } from "../lib/failure.ts";
import type { Result } from "../lib/result.ts";
import { err } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { openStore } from "../store/store.ts";
import { printFailure } from "./apply.ts";
import { type BackupPorts, fillEmptyFolder } from "./backup.ts";
import { ExitCode } from "./output.ts";
import { restoreInto, runningAt } from "./restore-into.ts";

export interface RestoreOptions {
  readonly data: string;
  /** Where a server runs: it is to take the backup in place of what is there, and not only to look at it. */
  readonly replace: boolean;
  /** What was there before the last restore. */
  readonly back: boolean;
  /** So long calls may go on. */
  readonly wait: string;
}

/**
 * `switchhook restore`: fills an empty data folder; where a server runs in it, has that look at the backup, and with `--replace`
 * take it in place of what is there. `--back`: what was there before the last restore.
 */
export async function runRestore(
  file: string | undefined,
  options: RestoreOptions,
  ports: BackupPorts,
): Promise<number> {
  const { output } = ports;
  if ((file === undefined) !== options.back) {
    output.err("Name the file that backup has written, or say --back.");
    return ExitCode.usage;
  }
  // A blank one is no number, and would end all calls at once.
  const wait = /^\d{1,4}$/.test(options.wait) ? Number(options.wait) : Number.NaN;
  if (Number.isNaN(wait) || wait > 3600) {
    output.err("--wait is a number of seconds from 0 to 3600.");
    return ExitCode.usage;
  }
  const instance = readInstance(options.data);
  if (instance === undefined) {
    if (file === undefined) return putBack(options.data, ports);
    if (!options.replace) return fillEmptyFolder(file, options, ports);
    output.err(
      `No server runs in ${options.data}, and --replace asks a running one: start it, or restore into an empty folder without --replace.`,
    );
    return ExitCode.unavailable;
  }
  const running = runningAt(options.data, instance);
  if (!running.ok) return printFailure(running.error, output);
  const done = await (file === undefined
    ? running.value.begin("backup/restore/back", { waitSeconds: wait })
    : restoreInto(running.value, file, { ...options, wait }, ports));
  if (!done.ok) return printFailure(done.error, output);
  output.out(done.value);
  return ExitCode.ok;
}

/** Beside a server that does not run; one that its service manager starts just now finds the folder taken. */
async function putBack(dataDir: string, { output }: BackupPorts): Promise<number> {
  const there = wayBack(dataDir, DATABASE_FILE);
  if (!there.ok) {
    output.err(there.error);
    return ExitCode.refused;
  }
  const claimed = claimInstance(dataDir, { http: "", sip: [] });
  if (!claimed.ok) {
    output.err(claimed.error);
    return ExitCode.unavailable;
  }
  const back = await signedBack(dataDir).finally(() => releaseInstance(dataDir));
  if (!back.ok) {
    output.err(back.error);
    return ExitCode.refused;
  }
  output.out(`What was there before the last restore is in ${dataDir} again. Start it: switchhook start`);
  return ExitCode.ok;
}

/** In a folder that is ours now, and was somebody else's a moment ago. */
async function signedBack(dataDir: string): Promise<Result<undefined, string>> {
  const before = wayBack(dataDir, DATABASE_FILE);
  if (!before.ok) return before;
  const store = await openStore(before.value);
  if (!store.ok) return store;
  const [at, name] = [systemClock.wall(), "switchhook restore --back"];
  try {
    const by = { name, address: undefined };
    await signDatabase(store.value, { what: "restoreUndone", by, at, applyFile: undefined });
  } catch (error) {
    return err(`What was there before cannot be put back in ${dataDir}: ${reasonOf(error)}.`);
  } finally {
    await store.value.close();
  }
  return goBack(dataDir, DATABASE_FILE, { at, by: name, why: "back" });
}
