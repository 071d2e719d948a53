import { probe } from "./delay.ts";
import type { Goal, PartResult } from "./goals.ts";
import { median, percentile } from "./median.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";

const ROUNDS = 5;
const CALLS = 1000;
const CALLS_A_SECOND = 100;
const MOST_MS = 1;

/** What the server answered beside its calls. */
export interface Answers {
  all: number;
  failed: number;
  /** Of the first that had no answer at all. */
  why: string | undefined;
}

export interface Beside {
  readonly name: string;
  readonly goal: Goal;
  /** Begins what goes on beside the calls of one run. */
  begin(): Promise<{ stop(): Promise<Answers> }>;
}

/** How much the post-dial delay of calls moves by what goes on beside them, in turn without and with it. */
export async function besidePart(rig: Rig, { name, goal, begin }: Beside): Promise<PartResult> {
  // The probe is receiver and destination itself.
  await rig.stopPeers();
  const [alone, beside]: [number[][], number[][]] = [[], []];
  const answers: Answers = { all: 0, failed: 0, why: undefined };
  let failedCalls = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const isBeside of round % 2 === 0 ? [false, true] : [true, false]) {
      progress(
        `${name}: ${CALLS} calls at ${CALLS_A_SECOND}/s, ${isBeside ? "beside it" : "alone"}, round ${round} of ${ROUNDS}`,
      );
      const going = isBeside ? await begin() : undefined;
      const figures = await probe(rig, {
        run: 2 * round + Number(isBeside),
        calls: CALLS,
        rate: CALLS_A_SECOND,
      });
      const asked = await going?.stop();
      answers.all += asked?.all ?? 0;
      answers.failed += asked?.failed ?? 0;
      answers.why ??= asked?.why;
      failedCalls += figures.failed;
      (isBeside ? beside : alone).push([50, 99].map((percent) => percentile(figures.postDialDelay, percent)));
      await rig.settled();
    }
  }
  await rig.startPeers();
  const [[p50, p99], [p50Beside, p99Beside]] = [middle(alone), middle(beside)];
  const holds = p99Beside - p99 < MOST_MS;
  const why = answers.why === undefined ? "" : ` (${answers.why})`;
  return {
    rows: [
      {
        ...goal,
        measured: `${p99.toFixed(2)} → ${p99Beside.toFixed(2)} ms, p50 ${p50.toFixed(2)} → ${p50Beside.toFixed(2)} (medians of ${ROUNDS} rounds; ${answers.all} requests)`,
        holds,
      },
    ],
    notes: answers.failed === 0 ? [] : [`${name}: ${answers.failed} of ${answers.all} requests failed${why}`],
    failed: failedCalls > 0 || answers.failed > 0 || !holds,
  };
}

/** The medians of the rounds' p50 and p99. */
function middle(rounds: readonly (readonly number[])[]): readonly [number, number] {
  const of = (place: number): number => median(rounds.map((round) => round[place] ?? Number.NaN));
  return [of(0), of(1)];
}
