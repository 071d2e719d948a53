// In which order test files run, and which of them side by side (ADR 0135).

import path from "node:path";
import { inProcesses } from "./processes.ts";
import type { Suite } from "./suites.ts";

/** What one process runs. */
export interface Job {
  readonly files: readonly string[];
  readonly suite: Suite;
  /** Of the machine: 1 is all of it. */
  readonly share: number;
}

/** Jobs that run while no others do. */
export interface Stage {
  readonly title: string;
  readonly jobs: readonly Job[];
}

/** Of what needs quiet, sound in real time above all. */
const CALM = 3;
/** Of what waits for timers. */
const WAITING = 6;
/** Shares are added up; a third three times is all. */
const ROUNDING = 1e-6;

/** Every suite's files in three stages, so that the machine waits for the last of few files only as often. */
export function stagesOf(suites: readonly Suite[]): readonly Stage[] {
  const sorted = suites.map((suite) => ({
    suite,
    ...Object.groupBy(suite.files, (file) => {
      const name = path.basename(file);
      if (suite.alone?.test(name) === true) return "singly";
      if (suite.waits?.test(name) === true) return "waiting";
      return suite.calm?.test(name) === true ? "calmly" : "ordinary";
    }),
  }));
  const stage = (title: string, jobs: readonly Job[]): readonly Stage[] =>
    jobs.length === 0 ? [] : [{ title, jobs }];
  return [
    ...stage("side by side", [
      ...sorted.flatMap(({ suite, waiting = [] }) => jobsOf(waiting, suite, 1 / WAITING)),
      ...sorted.flatMap(({ suite, ordinary = [] }) => jobsOf(ordinary, suite, 1 / suite.atOnce, suite)),
    ]),
    ...stage(
      "what needs quiet",
      sorted.flatMap(({ suite, calmly = [] }) => jobsOf(calmly, suite, 1 / CALM)),
    ),
    ...stage(
      "each alone",
      sorted.flatMap(({ suite, singly = [] }) => jobsOf(singly, suite, 1)),
    ),
  ];
}

function jobsOf(
  files: readonly string[],
  suite: Suite,
  share: number,
  company: Parameters<typeof inProcesses>[1] = {},
): readonly Job[] {
  return inProcesses(files, company).map((its) => ({ files: its, suite, share }));
}

/**
 * Works at all jobs, each as soon as the machine has its share left, in this order: none is overtaken, so that none that wants
 * much waits for all that want little. Resolves when the last is done.
 */
export async function sideBySide(jobs: readonly Job[], work: (job: Job) => Promise<void>): Promise<void> {
  const waiting = [...jobs];
  const running = new Set<Promise<void>>();
  let taken = 0;
  for (let [next] = waiting; next !== undefined; [next] = waiting) {
    const { share } = next;
    if (running.size > 0 && taken + share > 1 + ROUNDING) {
      await Promise.race(running);
      continue;
    }
    waiting.shift();
    taken += share;
    const its = work(next).finally(() => {
      taken -= share;
      running.delete(its);
    });
    running.add(its);
  }
  await Promise.all(running);
}
