import { setTimeout as sleep } from "node:timers/promises";
import { type CpuTime, cpuPerCall, cpuTime } from "./process-figures.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";
import type { SippCounts } from "./sipp.ts";

/** How long a call talks. */
const TALK_MS = 200;

export interface LoadPlan {
  /** New calls a second. */
  readonly rate: number;
  readonly calls: number;
}

export interface LoadRun {
  readonly rate: number;
  readonly calls: number;
  readonly failed: number;
  /** Calls that SIPp began in a second: less than `rate` where SIPp could not keep up. */
  readonly reachedRate: number;
  /** Messages that caller and destination sent again. */
  readonly retransmissions: number;
  readonly cpu: CpuTime;
  /** Share of one processor that the server used. */
  readonly share: number;
  /** What SIPp counted in each second. */
  readonly history: readonly SippCounts[];
  /** SIPp's first complaints; empty when there are none. */
  readonly complaint: string;
}

/** Calls that are not counted: V8's compilers and the connections to the receiver come into their stride. */
export async function warmUp(rig: Rig, calls: number): Promise<void> {
  progress(`${calls} calls to warm up, not counted`);
  await measureLoad(rig, { rate: 300, calls });
}

/** Places calls at a rate, waits for their end and their records, and says what they cost. */
export async function measureLoad(rig: Rig, { rate, calls }: LoadPlan): Promise<LoadRun> {
  const wanted = calls / rate;
  const again = rig.destinationRetransmissions;
  const before = cpuTime(rig.pid);
  const began = performance.now();
  const limits = ["-l", String(rate * 40), "-timeout", String(Math.ceil(wanted * 2 + 40))];
  const sipp = rig.call(["-m", String(calls), "-r", String(rate), "-d", String(TALK_MS), ...limits]);
  await sipp.program.ended;
  const seconds = (performance.now() - began) / 1000;
  // The destination tells its counts once a second; the server writes its records meanwhile.
  await sleep(1100);
  await rig.settled();
  const after = cpuTime(rig.pid);
  const history = sipp.history();
  const counts = sipp.counts();
  const cpu = cpuPerCall(before, after, Math.max(1, counts.created));
  return {
    rate,
    calls: counts.created,
    failed: Math.max(counts.failed, calls - counts.succeeded),
    reachedRate: reachedRate(history, rate, seconds),
    retransmissions: counts.retransmissions + rig.destinationRetransmissions - again,
    cpu,
    share: ((cpu.userMs + cpu.systemMs) * counts.created) / (seconds * 1000),
    history,
    complaint: sipp.complaint(),
  };
}

/** From the rows in which SIPp still began calls: the last ones only wait for ends. */
function reachedRate(history: readonly SippCounts[], rate: number, seconds: number): number {
  const all = history.at(-1)?.created ?? 0;
  const full = history.filter(({ created }) => created < all).at(-1);
  if (full === undefined || full.elapsedSeconds === 0) return Math.min(rate, all / seconds);
  return full.created / full.elapsedSeconds;
}
