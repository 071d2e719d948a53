import os from "node:os";
import path from "node:path";
import type { MediaTask } from "./media-calls.ts";
import { pinned, type Rig } from "./rig.ts";

/**
 * Which processor belongs to whom (counted from 0), where there are two: what carries the sound has one, the load
 * generator the other.
 */
export const CORES: { readonly server?: number; readonly load?: number } =
  os.availableParallelism() > 1 ? { server: 0, load: 1 } : {};

/** No load takes as long. */
const LIMIT_MS = 240_000;

/** Behind the runs of the probe, whose calls are told apart by the same number. */
let runs = 1000;

/** What every load is told: where all parties are, and G.711 A-law on both sides. */
export function taskFor(rig: Rig, called: string): MediaTask {
  runs += 1;
  const { sip, caller, destination, receiver } = rig;
  return { server: sip, caller, destination, receiver, called, run: runs, callerLaw: 8, calleeLaw: 8 };
}

/** Runs one of the loads as a process of its own to its end; what it printed. */
export async function runLoad<Result>(
  rig: Rig,
  program: string,
  task: MediaTask,
  core?: number,
): Promise<Result> {
  const args = [path.join(import.meta.dirname, program), JSON.stringify(task)];
  const load = pinned(core, process.execPath, args, { cwd: rig.folder });
  const limit = setTimeout(() => load.child.kill("SIGKILL"), LIMIT_MS);
  const ended = await load.ended;
  clearTimeout(limit);
  if (ended.code !== 0)
    throw new Error(`${program} ended with ${ended.code ?? ended.signal}:\n${ended.stderr}`);
  return JSON.parse(ended.stdout) as Result;
}

/** Milliseconds with as many digits as are worth reading. */
export function ms(figure: number | null | undefined): string {
  // JSON has no NaN: where nothing was measured it is null.
  if (figure === undefined || figure === null || Number.isNaN(figure)) return "–";
  return Math.abs(figure) < 10 ? figure.toFixed(2) : figure.toFixed(0);
}
