import { GOALS, type PartResult } from "./goals.ts";
import type { IvrResult, IvrTask } from "./ivr-caller.ts";
import { ms, runLoad, taskFor } from "./media-run.ts";
import { median, percentile } from "./median.ts";
import { cpuPerCall, cpuTime, type ThreadTime, threadTime } from "./process-figures.ts";
import { progress } from "./progress.ts";
import type { PromptResult, PromptTask } from "./prompt-listener.ts";
import { CODE_NUMBER, type Rig } from "./rig.ts";

const RATE = 20;

/** Prompts at the same time, and how fast their calls begin. */
const PROMPTS = 50;
const PROMPT_RATE = 100;

/** Half of what a call needed when the goal was set. */
const MOST_CPU_MS = 3.5;

export interface IvrPlan {
  readonly runs: number;
  /** Calls of each run, and of one before that is not counted. */
  readonly calls: number;
  readonly warmUp: number;
  /** How long parallel prompts are listened to. */
  readonly listenMs: number;
}

interface IvrRun {
  readonly result: IvrResult;
  readonly userMs: number;
  readonly systemMs: number;
  readonly threads: ThreadTime;
}

/** Calls that are asked for a code, by real RTP: what they cost, how soon a prompt and a digit are heard. */
export async function ivrPart(rig: Rig, plan: IvrPlan): Promise<PartResult> {
  // The callers are receiver and destination themselves.
  await rig.stopPeers();
  if (plan.warmUp > 0) {
    progress(`ivr: ${plan.warmUp} calls to warm up, not counted`);
    await measure(rig, plan.warmUp);
  }
  const runs: IvrRun[] = [];
  for (let run = 1; run <= plan.runs; run++) {
    progress(`ivr: ${plan.calls} calls at ${RATE}/s, run ${run} of ${plan.runs}`);
    const one = await measure(rig, plan.calls);
    runs.push(one);
    progress(`      ${describe(one)}`);
  }
  progress(`ivr: ${PROMPTS} prompts at once for ${plan.listenMs / 1000} s`);
  const prompts = await listen(rig, plan.listenMs);
  await rig.settled();
  return report(plan, runs, prompts);
}

async function measure(rig: Rig, calls: number): Promise<IvrRun> {
  const before = cpuTime(rig.pid);
  const threadsBefore = threadTime(rig.pid);
  const task: IvrTask = { ...taskFor(rig, CODE_NUMBER), rate: RATE, calls };
  const result = await runLoad<IvrResult>(rig, "ivr-caller.ts", task);
  await rig.settled();
  const threads = threadTime(rig.pid);
  return {
    result,
    ...cpuPerCall(before, cpuTime(rig.pid), calls),
    threads: {
      signallingMs: (threads.signallingMs - threadsBefore.signallingMs) / calls,
      controlMs: (threads.controlMs - threadsBefore.controlMs) / calls,
      helpersMs: (threads.helpersMs - threadsBefore.helpersMs) / calls,
    },
  };
}

function listen(rig: Rig, listenMs: number): Promise<PromptResult> {
  const task: PromptTask = { ...taskFor(rig, CODE_NUMBER), rate: PROMPT_RATE, calls: PROMPTS, listenMs };
  return runLoad<PromptResult>(rig, "prompt-listener.ts", task);
}

function describe({ result, userMs, systemMs, threads }: IvrRun): string {
  return [
    `${result.failed} failed`,
    `${ms(userMs + systemMs)} ms CPU per call (${ms(userMs)} user, ${ms(systemMs)} system)`,
    `signalling, other threads, V8's helpers ${ms(threads.signallingMs)}, ${ms(threads.controlMs)}, ${ms(threads.helpersMs)}`,
    `prompt p99 ${ms(percentile(result.promptAfterAck, 99))} ms after the ACK`,
    `load generator late by ${ms(result.lateness)} ms (p99)`,
  ].join("; ");
}

function report(plan: IvrPlan, runs: readonly IvrRun[], prompts: PromptResult): PartResult {
  const results = runs.map(({ result }) => result);
  const totals = runs.map(({ userMs, systemMs }) => userMs + systemMs);
  const user = ms(median(runs.map(({ userMs }) => userMs)));
  const system = ms(median(runs.map(({ systemMs }) => systemMs)));
  const each = runs.length > 1 ? `; median of ${totals.map(ms).join(", ")}` : "";
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const p50p99 = (figure: (result: IvrResult) => readonly number[]): string => {
    const [p50, p99] = [50, 99].map((percent) =>
      median(results.map((result) => percentile(figure(result), percent))),
    );
    return `${ms(p50)} / ${ms(p99)} ms`;
  };
  const { distance, packets, missing } = prompts;
  const notes = results
    .filter((result) => result.failed > 0)
    .map((result) => `ivr: ${result.failed} of ${plan.calls} calls failed: ${result.failures}`);
  if (prompts.failed > 0) notes.push(`ivr: ${prompts.failed} of ${PROMPTS} prompts: ${prompts.failures}`);
  notes.push(
    `ivr: a call is answered, hears 1 s of a prompt while it speaks, types 5 and # (RFC 4733, 100 ms each), is connected, ` +
      `talks 0.2 s, hangs up; the caller hears the destination ${p50p99((result) => result.callerHears)} after its ACK. ` +
      `The load generator sent late by ${ms(prompts.lateness.p99)} ms (p99), and ${ms(prompts.lateness.max)} ms (at most).`,
  );
  return {
    rows: [
      {
        ...GOALS.ivrCpu,
        measured: `${ms(median(totals))} ms (${user} user, ${system} system${each})`,
        holds: median(totals) <= MOST_CPU_MS,
      },
      { ...GOALS.ivrFailures, measured: `${failed} of ${plan.runs * plan.calls}` },
      { ...GOALS.promptDelay, measured: p50p99((result) => result.promptAfterAck) },
      {
        ...GOALS.digitDelay,
        measured:
          `${p50p99((result) => result.requestAfterKeyUp)} ` +
          `(${p50p99((result) => result.requestAfterKeyDown)} after the key's first packet)`,
      },
      {
        ...GOALS.promptPlace,
        measured: `${ms(distance.p99)} / ${ms(distance.max)} ms; ${packets} packets, ${missing} missing`,
      },
    ],
    notes,
    failed: failed > 0 || prompts.failed > 0,
  };
}
