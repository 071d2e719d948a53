import { GOALS, type Goal, type Measured, type PartResult } from "./goals.ts";
import { PACKET_MS } from "./marked-rtp.ts";
import { CORES, ms, runLoad, taskFor } from "./media-run.ts";
import { progress } from "./progress.ts";
import type { RelayResult, RelayTask } from "./relay-load.ts";
import { CALLED_NUMBER, Rig, type RigOptions } from "./rig.ts";

export interface RelayPlan {
  readonly calls: number;
  readonly measureMs: number;
  /** The two parties speak different laws of G.711. */
  readonly convert: boolean;
}

/** One run, with what the server itself had to say. */
export interface RelayRun {
  readonly plan: RelayPlan;
  readonly result: RelayResult;
  /** Of the signalling thread, 99 %, since the server's start. */
  readonly loopDelayMs: number;
  /** What the server complained about. */
  readonly complaints: readonly string[];
}

const RATE = 20;
/** V8 compiles what carries the packets. */
const WARM_UP_MS = 5000;

/** 100 calls whose sound goes through the built-in engine, as it is and converted from one law to the other. */
export async function anchoredPart(measureMs: number): Promise<PartResult> {
  const plan: RelayPlan = { calls: 100, measureMs, convert: false };
  const plain = await measureRelay("anchored", plan);
  const converted = await measureRelay("anchored", { ...plan, convert: true });
  return {
    rows: [
      ...rowsOf(plain, GOALS.relayCpu),
      { ...GOALS.relaySignalling, measured: signallingText(plain) },
      { ...GOALS.convertCpu, measured: cpuText(converted) },
      { ...GOALS.convertLoss, measured: lossText(converted) },
      { ...GOALS.convertDelay, measured: delayText(converted) },
    ],
    notes: [...notesOf("anchored", plain), ...notesOf("anchored, converted", converted)],
    failed: !isGood(plain) || !isGood(converted),
  };
}

/** Measures calls through a server of their own. `relay`: what carries the sound, where that is not the server. */
export async function measureRelay(
  name: string,
  plan: RelayPlan,
  options: RigOptions = {},
  relay?: RelayTask["relay"],
): Promise<RelayRun> {
  const { calls, measureMs, convert } = plan;
  const what = convert ? ", A-law on one side and µ-law on the other" : "";
  progress(`${name}: ${calls} calls, G.711 both ways${what}; ${measureMs / 1000} s count`);
  const core = CORES.server === undefined ? {} : { core: CORES.server };
  const rig = await Rig.start({ media: "anchored", peers: false, ...core, ...options });
  let complaints: readonly string[] = [];
  let run: Omit<RelayRun, "complaints"> | undefined;
  try {
    const task: RelayTask = {
      ...taskFor(rig, CALLED_NUMBER),
      calleeLaw: convert ? 0 : 8,
      rate: RATE,
      calls,
      warmUpMs: WARM_UP_MS,
      measureMs,
      serverPid: rig.pid,
      ...(relay === undefined ? {} : { relay }),
    };
    const result = await runLoad<RelayResult>(rig, "relay-load.ts", task, CORES.load);
    const loopDelayMs = (await rig.metric("switchhook_event_loop_delay_p99_seconds")) * 1000;
    await rig.settled();
    run = { plan, result, loopDelayMs };
    progress(`      ${describe(run)}`);
  } finally {
    complaints = await rig.stop();
    if (run === undefined) for (const complaint of complaints) console.error(complaint);
  }
  return { ...run, complaints };
}

/** Cost, loss and delay of the sound. */
export function rowsOf(run: RelayRun, cpu: Goal): Measured[] {
  const which = `${run.plan.calls} calls`;
  return [
    { ...cpu, measured: cpuText(run) },
    { ...GOALS.relayLoss, what: `${GOALS.relayLoss.what}, ${which}`, measured: lossText(run) },
    { ...GOALS.relayDelay, what: `${GOALS.relayDelay.what}, ${which}`, measured: delayText(run) },
    {
      ...GOALS.relayJitter,
      what: `${GOALS.relayJitter.what}, ${which}`,
      measured: `${ms(run.result.jitter.p50)} / ${ms(run.result.jitter.max)} ms`,
    },
  ];
}

export function signallingText({ result, loopDelayMs }: RelayRun): string {
  const { p50, p99, max } = result.signalling;
  return `${ms(loopDelayMs)} ms; an OPTIONS is answered in ${ms(p50)} / ${ms(p99)} / ${ms(max)} ms (p50, p99, max)`;
}

/** Every call was up, and every packet arrived. */
export function isGood({ plan, result, complaints }: RelayRun): boolean {
  return result.up === plan.calls && lostThere(result) <= 0 && complaints.length === 0;
}

export function notesOf(name: string, run: RelayRun): readonly string[] {
  const { plan, result, complaints } = run;
  const { threads, lateness, stalls, ownCpu, seconds, strange, repeated, breaks } = result;
  const share = (figure: number): string => `${((figure / seconds / 1000) * 100).toFixed(0)} %`;
  const notes = [
    `${name}: of a processor, signalling took ${share(threads.signallingMs)}, the server's other threads ` +
      `${share(threads.controlMs)}, V8's helpers ${share(threads.helpersMs)}; the load generator ` +
      `${share(ownCpu.userMs + ownCpu.systemMs)}, which sent late by ${ms(lateness.p99)} ms (p99).`,
  ];
  if (stalls > 0) {
    notes.push(
      `${name}: ${stalls} times the load generator lost half a second; the load was not what it says.`,
    );
  }
  if (result.up !== plan.calls) {
    notes.push(`${name}: only ${result.up} of ${plan.calls} calls were up: ${result.failures}`);
  }
  if (strange + repeated + breaks > 0) {
    notes.push(
      `${name}: ${strange} packets were not of the other party, ${repeated} came twice, ` +
        `${breaks} times numbers or time stamps did not go on as the sender's.`,
    );
  }
  return [...notes, ...complaints.map((complaint) => `${name}: ${complaint}`)];
}

/** Seconds of calls that were really placed: a second of a call is 50 packets each way. */
export function callSeconds({ sent }: RelayResult): number {
  return (sent * PACKET_MS) / 2 / 1000;
}

/** CPU of the server for each second of a call, in milliseconds. */
export function cpuPerCallSecond({ result }: RelayRun): number {
  return (result.cpu.userMs + result.cpu.systemMs) / callSeconds(result);
}

function cpuText(run: RelayRun): string {
  const { plan, result } = run;
  const each = callSeconds(result);
  const parts = `${ms(result.cpu.userMs / each)} user, ${ms(result.cpu.systemMs / each)} system`;
  return `${ms(cpuPerCallSecond(run))} ms (${parts}; ${plan.calls} calls, ${result.seconds.toFixed(0)} s)`;
}

/** What did not arrive and was not thrown away before the load generator read it. */
function lostThere({ sent, received, droppedHere }: RelayResult): number {
  return sent - received - droppedHere;
}

function lossText({ result }: RelayRun): string {
  const { sent, received, droppedHere, droppedThere } = result;
  const here = droppedHere === 0 ? "" : `, and ${droppedHere} by the load generator's own sockets`;
  const there = droppedThere === 0 ? "" : ` (${droppedThere} of them by full sockets)`;
  return `${lostThere(result)} of ${sent} (${received} received)${there}${here}`;
}

function delayText({ result }: RelayRun): string {
  const { p50, p99, max } = result.delay;
  return `${ms(p50)} / ${ms(p99)} ms (at most ${ms(max)})`;
}

function describe(run: Omit<RelayRun, "complaints">): string {
  const all = { ...run, complaints: [] };
  return `${run.result.up} up; ${cpuText(all)}; lost ${lossText(all)}; delay ${delayText(all)}; loop ${signallingText(all)}`;
}
