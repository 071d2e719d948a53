import { readlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const NICEST = 19;

/**
 * Lets this thread step back behind the others where processors are scarce; `nice` as of nice(1), added to what it has. On Linux each
 * thread has its own (setpriority(2), "C library/kernel differences"); elsewhere, and where it may not be, nothing happens.
 */
export function stepBack(nice: number): void {
  if (process.platform !== "linux") return;
  try {
    const thread = Number(path.basename(readlinkSync("/proc/thread-self")));
    os.setPriority(thread, Math.min(os.getPriority(thread) + nice, NICEST));
  } catch {
    // A system that hides /proc or forbids it: all threads are equal, as before.
  }
}
