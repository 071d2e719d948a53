import { goBack, takeOver } from "../admin/backup/take-over.ts";
import { releaseInstance } from "../instance/instance-file.ts";
import { err, type Result } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database-file.ts";

interface Starting<App> {
  /** Makes this process the one of the folder. */
  claim(): Result<undefined, string>;
  /** Gives the folder back where it fails. */
  start(): Promise<Result<App, readonly string[]>>;
}

/**
 * Starts in a folder that was claimed, with what was agreed to be restored in place of what is there. Where that cannot be started,
 * what was there before it takes calls again.
 */
export async function takingOver<App>(
  dataDir: string,
  starting: Starting<App>,
): Promise<Result<App, readonly string[]>> {
  const restored = takeOver(dataDir, DATABASE_FILE);
  if (!restored.ok) {
    releaseInstance(dataDir);
    return err([restored.error]);
  }
  const started = await starting.start();
  if (started.ok || restored.value === undefined) return started;
  const claimed = starting.claim();
  if (!claimed.ok) return err([...started.error, claimed.error]);
  const why = { by: "Switchhook", why: "failed", sentence: started.error.join(" ") } as const;
  const back = goBack(dataDir, DATABASE_FILE, { at: systemClock.wall(), ...why });
  if (back.ok) return starting.start();
  releaseInstance(dataDir);
  return err([...started.error, back.error]);
}
