import { goBack, type Replaced, takeOver } from "../admin/backup/take-over.ts";
import { releaseInstance } from "../instance/instance-file.ts";
import { err, type Result } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database-file.ts";

interface Starting<App> {
  /** Makes this process the one of the folder. */
  claim(): Result<undefined, string>;
  /** Gives the folder back where it fails. `notes`: what has become of a restore, for whoever reads what the start says. */
  start(notes: readonly string[]): Promise<Result<App, readonly string[]>>;
}

const WAY_BACK = "switchhook restore --back";

/**
 * Starts in a folder that was claimed, with what was agreed to be restored in place of what is there. Where that cannot be used,
 * what was there before it takes calls again. A port that is taken is no reason to undo a restore: that stays, and the error says it.
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
  if (restored.value === undefined) return starting.start([]);
  const note = noteOf(restored.value);
  const started = await starting.start([note]);
  if (started.ok) return started;
  const failed = [...started.error, note];
  // Back and forth between two that cannot be used would go on for ever.
  if (restored.value.why === "failed") return err(failed);
  const claimed = starting.claim();
  if (!claimed.ok) return err([...failed, claimed.error]);
  if (await canBeUsed(dataDir)) {
    releaseInstance(dataDir);
    return err(failed);
  }
  const undone: Replaced = {
    at: systemClock.wall(),
    by: "Switchhook",
    why: "failed",
    sentence: started.error.join(" "),
  };
  const back = goBack(dataDir, DATABASE_FILE, undone);
  if (!back.ok) {
    releaseInstance(dataDir);
    return err([...failed, back.error]);
  }
  const again = await starting.start([noteOf(undone)]);
  return again.ok ? again : err([noteOf(undone), ...again.error]);
}

/** Whether it is something else that keeps the server from starting. */
async function canBeUsed(dataDir: string): Promise<boolean> {
  // Loaded when it is asked for: the signalling thread has no other use for the database's code.
  const { contentOfDatabase } = await import("../store/snapshot.ts");
  return (await contentOfDatabase(dataDir)).ok;
}

function noteOf({ why, by, made, sentence }: Replaced): string {
  if (why === "failed")
    return `What was restored cannot be used, and what was there before is back: ${sentence ?? ""} "${WAY_BACK}" goes to it all the same.`;
  const what =
    why === "backup" ? `the backup of ${made ?? "an unknown time"}` : "what was there before a restore";
  const who = by === "" ? "somebody" : by;
  return `What was here was replaced by ${what}, as ${who} has agreed. "${WAY_BACK}" goes back.`;
}
