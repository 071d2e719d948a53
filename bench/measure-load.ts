import { setTimeout as sleep } from "node:timers/promises";
import { type CpuTime, cpuPerCall, cpuTime, type ThreadTime, threadTime } from "./process-figures.ts";
import { progress } from "./progress.ts";
import type { Sipp, SippCounts } from "./sipp.ts";

/** How long a call talks. */
const TALK_MS = 200;

/** Calls at once; SIPp wants fewer than there may be open files. */
const MOST_CALLS = 15_000;

/** What calls are placed at: the rig's Switchhook, or another server in its place. */
export interface LoadedServer {
  readonly pid: number;
  /** What the destination has sent again so far. */
  readonly destinationRetransmissions: number;
  /** Starts SIPp as a trunk; -m, -r, -d … in `flags`. */
  call(flags: readonly string[]): Sipp;
  /** Waits until it has nothing left to do. */
  settled(): Promise<void>;
  /** Why the newest calls failed, in its own words. */
  failureReasons(): Promise<string>;
}

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
  /** The same per call, by thread. */
  readonly threads: ThreadTime;
  /** Share of one processor that the server used while calls began. */
  readonly share: number;
  /** What SIPp counted in each second. */
  readonly history: readonly SippCounts[];
  /** Why calls failed: the server's own words, then SIPp's; empty when none failed. */
  readonly complaint: string;
}

/** Calls that are not counted: V8's compilers and the connections to the receiver come into their stride. */
export async function warmUp(server: LoadedServer, calls: number): Promise<void> {
  progress(`${calls} calls to warm up, not counted`);
  await measureLoad(server, { rate: 300, calls });
}

/** Places calls at a rate, waits for their end and their records, and says what they cost. */
export async function measureLoad(server: LoadedServer, { rate, calls }: LoadPlan): Promise<LoadRun> {
  const wanted = calls / rate;
  const again = server.destinationRetransmissions;
  const before = cpuTime(server.pid);
  const threadsBefore = threadTime(server.pid);
  const began = performance.now();
  const limits = [
    "-l",
    String(Math.min(rate * 40, MOST_CALLS)),
    "-timeout",
    String(Math.ceil(wanted * 2 + 40)),
  ];
  const sipp = server.call(["-m", String(calls), "-r", String(rate), "-d", String(TALK_MS), ...limits]);
  await endOf(sipp, wanted * 2 + 60);
  const seconds = (performance.now() - began) / 1000;
  // The destination tells its counts once a second; the server writes its records meanwhile.
  await sleep(1100);
  await server.settled();
  const after = cpuTime(server.pid);
  const threads = threadTime(server.pid);
  const history = sipp.history();
  const counts = sipp.counts();
  const failed = Math.max(counts.failed, calls - counts.succeeded);
  const reached = reachedRate(history, rate, seconds);
  const placed = Math.max(1, counts.created);
  const cpu = cpuPerCall(before, after, placed);
  return {
    rate,
    calls: counts.created,
    failed,
    reachedRate: reached,
    retransmissions: counts.retransmissions + server.destinationRetransmissions - again,
    cpu,
    threads: {
      signallingMs: (threads.signallingMs - threadsBefore.signallingMs) / placed,
      controlMs: (threads.controlMs - threadsBefore.controlMs) / placed,
      helpersMs: (threads.helpersMs - threadsBefore.helpersMs) / placed,
    },
    share: ((cpu.userMs + cpu.systemMs) * reached) / 1000,
    history,
    complaint: failed === 0 ? "" : `${await server.failureReasons()} SIPp: ${sipp.complaint()}`,
  };
}

/** Its own end, or ours: a SIPp that has lost a call waits for it beyond its own time. */
async function endOf(sipp: Sipp, withinSeconds: number): Promise<void> {
  const tooLong = setTimeout(() => void sipp.stop(), withinSeconds * 1000);
  await sipp.program.ended;
  clearTimeout(tooLong);
}

/** From the rows in which SIPp still began calls: the last ones only wait for ends. */
function reachedRate(history: readonly SippCounts[], rate: number, seconds: number): number {
  const all = history.at(-1)?.created ?? 0;
  const full = history.filter(({ created }) => created < all).at(-1);
  if (full === undefined || full.elapsedSeconds === 0) return Math.min(rate, all / seconds);
  return full.created / full.elapsedSeconds;
}
