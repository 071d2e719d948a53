import { setTimeout as sleep } from "node:timers/promises";
import { GOALS, type PartResult } from "./goals.ts";
import { describeRun } from "./load.ts";
import { type LoadRun, measureLoad } from "./measure-load.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";

const STEPS = [400, 600, 800, 1000, 1200, 1400, 1600, 2000];
const HELD_SECONDS = 20;
const REST_MS = 3000;

/** Raises the rate until calls fail or retransmissions grow; then once more, half way between the last two. */
export async function maxPart(
  rig: Rig,
  seconds = HELD_SECONDS,
  steps: readonly number[] = STEPS,
): Promise<PartResult> {
  let held: LoadRun | undefined;
  let broke: LoadRun | undefined;
  for (const rate of steps) {
    const run = await tryRate(rig, rate, seconds);
    if (!isHeld(run)) {
      broke = run;
      break;
    }
    held = run;
  }
  if (held !== undefined && broke !== undefined) {
    const between = Math.round((held.rate + broke.rate) / 20) * 10;
    const run = await tryRate(rig, between, seconds);
    if (isHeld(run)) held = run;
    else broke = run;
  }
  const limit = broke === undefined ? "" : `; not ${broke.rate}: ${whyNot(broke)}`;
  const share = held === undefined ? "" : ` (${Math.round(held.share * 100)} % of a processor${limit})`;
  const why = broke === undefined || broke.failed === 0 ? [] : [`max: ${broke.complaint.slice(0, 800)}`];
  const notes = [
    ...why,
    "max: SIPp twice, the receiver and the server share the processors of this machine.",
  ];
  return {
    rows: [{ ...GOALS.max, measured: `${held?.rate ?? 0}${share === "" ? limit : share}` }],
    notes,
    failed: held === undefined,
  };
}

/** Once more when it is not held: other work on the machine may have been in the way. */
async function tryRate(rig: Rig, rate: number, seconds: number): Promise<LoadRun> {
  const first = await runRate(rig, rate, seconds);
  return isHeld(first) ? first : runRate(rig, rate, seconds);
}

async function runRate(rig: Rig, rate: number, seconds: number): Promise<LoadRun> {
  await sleep(REST_MS);
  progress(`max: ${rate} calls/s for ${seconds} s`);
  const run = await measureLoad(rig, { rate, calls: rate * seconds });
  progress(`      ${describeRun(run)}`);
  return run;
}

function isHeld(run: LoadRun): boolean {
  return run.failed === 0 && run.reachedRate >= run.rate * 0.98 && !retransmissionsGrow(run);
}

/** More in the second half of the run than in the first, by more than one in two hundred of its calls. */
function retransmissionsGrow(run: LoadRun): boolean {
  const all = run.history.at(-1);
  const middle = run.history.findLast(({ created }) => created <= run.calls / 2);
  if (all === undefined || middle === undefined) return false;
  const later = all.retransmissions - middle.retransmissions;
  return later > middle.retransmissions + run.calls / 400;
}

function whyNot(run: LoadRun): string {
  if (run.failed > 0) return `${run.failed} of ${run.calls} calls failed`;
  if (retransmissionsGrow(run)) return `${run.retransmissions} retransmissions, and growing`;
  return `SIPp began only ${run.reachedRate.toFixed(0)} calls a second`;
}
