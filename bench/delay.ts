import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Program } from "../test/support/process.ts";
import { GOALS, type PartResult } from "./goals.ts";
import { median, percentile } from "./median.ts";
import type { ProbeResult, ProbeTask } from "./probe.ts";
import { progress } from "./progress.ts";
import { CALLED_NUMBER, type Rig } from "./rig.ts";

const RATE = 50;
/** The server is warm already, the probe, a process of its own, is not. */
const WARM_UP = 50;
const REST_MS = 500;

export interface DelayPlan {
  readonly runs: number;
  /** Calls that are counted in each run. */
  readonly calls: number;
}

/** What the server adds to the time until the destination rings, and to its answer, at 50 calls/s. */
export async function delayPart(rig: Rig, { runs, calls }: DelayPlan): Promise<PartResult> {
  // The probe is receiver and destination itself.
  await rig.stopPeers();
  const results: ProbeResult[] = [];
  for (let run = 1; run <= runs; run++) {
    progress(`probe: ${calls} calls at ${RATE}/s, run ${run} of ${runs}`);
    const result = await probe(rig, { run, calls, rate: RATE });
    results.push(result);
    progress(`      post-dial delay ${halves(result.postDialDelay)}; 200 OK ${halves(result.answerDelay)}`);
    await rig.settled();
    await sleep(REST_MS);
  }
  await rig.startPeers();
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const notes = failed === 0 ? [] : [`probe: ${failed} of ${runs * calls} calls did not come to their end`];
  const each = `median of ${runs} ${runs === 1 ? "run" : "runs"} of ${calls} calls`;
  const measured = (figures: readonly (readonly number[])[]): string => {
    const [p50, p99] = [50, 99].map((percent) => median(figures.map((run) => percentile(run, percent))));
    return `${ms(p50)} / ${ms(p99)} ms (${each})`;
  };
  return {
    rows: [
      { ...GOALS.postDialDelay, measured: measured(results.map((result) => result.postDialDelay)) },
      { ...GOALS.answerDelay, measured: measured(results.map((result) => result.answerDelay)) },
    ],
    notes,
    failed: failed > 0,
  };
}

/** One run of the probe, which is receiver and destination itself: the rig's have to be stopped. */
export async function probe(rig: Rig, run: Pick<ProbeTask, "run" | "calls" | "rate">): Promise<ProbeResult> {
  const task: ProbeTask = {
    server: rig.sip,
    caller: rig.caller,
    destination: rig.destination,
    receiver: rig.receiver,
    called: CALLED_NUMBER,
    warmUp: WARM_UP,
    ...run,
  };
  const program = path.join(import.meta.dirname, "probe.ts");
  const ended = await new Program(process.execPath, [program, JSON.stringify(task)]).ended;
  if (ended.code !== 0) throw new Error(`the probe ended with ${ended.code}:\n${ended.stderr}`);
  return JSON.parse(ended.stdout) as ProbeResult;
}

function halves(figures: readonly number[]): string {
  return `p50 ${ms(percentile(figures, 50))} ms, p99 ${ms(percentile(figures, 99))} ms`;
}

function ms(figure: number | undefined): string {
  return (figure ?? Number.NaN).toFixed(2);
}
