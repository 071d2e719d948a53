import { setTimeout as sleep } from "node:timers/promises";
import { GOALS, type Measured, type PartResult } from "./goals.ts";
import { HeapProbe } from "./heap.ts";
import { type LoadRun, measureLoad } from "./measure-load.ts";
import { median } from "./median.ts";
import { MemoryWatch, residentKiB } from "./process-figures.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";

/** How long each rate is held, and how often. */
export type Extent = "quick" | "short" | "long" | "full";

interface Step {
  readonly rate: 50 | 200 | 300 | 800;
  readonly runs: number;
  readonly calls: number;
}

/** The high rates come first: it takes V8 some ten thousand calls to compile what is worth it. */
const STEPS: Readonly<Record<Extent, readonly Step[]>> = {
  quick: [{ rate: 200, runs: 1, calls: 1000 }],
  short: [
    { rate: 300, runs: 1, calls: 4500 },
    { rate: 800, runs: 3, calls: 3200 },
    { rate: 200, runs: 3, calls: 1000 },
    { rate: 50, runs: 3, calls: 300 },
  ],
  long: [
    { rate: 300, runs: 1, calls: 9000 },
    { rate: 800, runs: 3, calls: 4800 },
    { rate: 200, runs: 3, calls: 2000 },
    { rate: 50, runs: 3, calls: 500 },
  ],
  full: [
    { rate: 300, runs: 1, calls: 20_000 },
    { rate: 800, runs: 3, calls: 4800 },
    { rate: 200, runs: 3, calls: 2000 },
    { rate: 50, runs: 3, calls: 500 },
  ],
};

const REST_MS = 3000;
const COOL_DOWN_MS = 40_000;

/** Calls at several rates through a warm server: failures, retransmissions, CPU per call, memory before and after. */
export async function loadPart(rig: Rig, extent: Extent): Promise<PartResult> {
  await sleep(REST_MS);
  const warmKiB = residentKiB(rig.pid);
  const memory = new MemoryWatch(rig.pid);
  const runs: LoadRun[] = [];
  for (const step of STEPS[extent]) {
    for (let run = 1; run <= step.runs; run++) {
      progress(`load: ${step.calls} calls at ${step.rate}/s, run ${run} of ${step.runs}`);
      const result = await measureLoad(rig, step);
      runs.push(result);
      progress(`      ${describeRun(result)}`);
    }
  }
  const peakKiB = memory.stop();
  const rows = [...cpuRows(runs), ...failureRows(runs)];
  if (extent !== "quick") {
    progress(`load: is the memory back to its level ${COOL_DOWN_MS / 1000} s after the load?`);
    await sleep(COOL_DOWN_MS);
    const levels = [rig.startKiB, warmKiB, peakKiB, residentKiB(rig.pid)].map(mebibytes).join(", ");
    const heap = await HeapProbe.open(rig);
    const liveKiB = await heap.liveKiB();
    heap.close();
    const collected = `${mebibytes(residentKiB(rig.pid))} after a full collection, ${mebibytes(liveKiB)} of it live`;
    rows.push({ ...GOALS.memory, measured: `${levels} MiB (${collected})` });
  }
  return {
    rows,
    notes: complaintsOf(runs),
    failed: runs.some(({ rate, failed }) => rate <= 300 && failed > 0),
  };
}

/** `200 calls/s: 1000 calls, 0 failed, …` */
export function describeRun(run: LoadRun): string {
  const { userMs, systemMs } = run.cpu;
  const { signallingMs, controlMs, helpersMs } = run.threads;
  const threads = [signallingMs, controlMs, helpersMs].map((figure) => figure.toFixed(2)).join(", ");
  return [
    `${run.calls} calls, ${run.failed} failed, ${run.retransmissions} retransmissions`,
    `${ms(userMs + systemMs)} CPU per call (${ms(userMs)} user, ${ms(systemMs)} system)`,
    `signalling, control, V8's helpers ${threads}`,
    `${Math.round(run.share * 100)} % of a processor`,
    `begun at ${run.reachedRate.toFixed(0)}/s`,
  ].join("; ");
}

function cpuRows(runs: readonly LoadRun[]): Measured[] {
  return ([50, 200, 300, 800] as const).flatMap((rate) => {
    const of = runs.filter((run) => run.rate === rate);
    if (of.length === 0) return [];
    return [{ ...GOALS[`cpu${rate}`], measured: cpuText(of) }];
  });
}

/** `1.05 ms (0.80 ms user, 0.25 ms system; median of 1.02, 1.05, 1.11)`: CPU per call. */
export function cpuText(runs: readonly Pick<LoadRun, "cpu">[]): string {
  const totals = runs.map(({ cpu }) => cpu.userMs + cpu.systemMs);
  const [user, system] = [runs.map(({ cpu }) => cpu.userMs), runs.map(({ cpu }) => cpu.systemMs)];
  const parts = `${ms(median(user))} user, ${ms(median(system))} system`;
  const each = runs.length > 1 ? `; median of ${totals.map((total) => total.toFixed(2)).join(", ")}` : "";
  return `${ms(median(totals))} (${parts}${each})`;
}

function failureRows(runs: readonly LoadRun[]): Measured[] {
  const rates = [...new Set(runs.map(({ rate }) => rate))].sort((a, b) => a - b);
  return rates.map((rate) => {
    const of = runs.filter((run) => run.rate === rate);
    const sum = (figure: (run: LoadRun) => number): number => of.reduce((all, run) => all + figure(run), 0);
    const failed = sum((run) => run.failed);
    const again = sum((run) => run.retransmissions);
    return {
      ...GOALS.failures,
      what: `failed calls, ${rate} calls/s`,
      measured: `${failed} of ${sum((run) => run.calls)}; ${again} retransmissions`,
    };
  });
}

/** Where SIPp did not keep the rate, and why calls failed. */
export function complaintsOf(runs: readonly LoadRun[]): readonly string[] {
  const slow = runs
    .filter((run) => run.reachedRate < run.rate * 0.95)
    .map((run) => `SIPp began only ${run.reachedRate.toFixed(0)} of ${run.rate} calls a second`);
  const failed = runs
    .filter((run) => run.failed > 0)
    .map((run) => `at ${run.rate} calls/s ${run.failed} calls failed. ${run.complaint.slice(0, 800)}`);
  return [...slow, ...failed];
}

function ms(figure: number): string {
  return `${figure.toFixed(2)} ms`;
}

function mebibytes(kibibytes: number): string {
  return (kibibytes / 1024).toFixed(0);
}
