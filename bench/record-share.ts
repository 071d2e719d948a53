import path from "node:path";
import { GOALS, type PartResult } from "./goals.ts";
import { complaintsOf } from "./load.ts";
import { type LoadRun, measureLoad, warmUp } from "./measure-load.ts";
import { median } from "./median.ts";
import { ratiosOf } from "./peers.ts";
import { progress } from "./progress.ts";
import { Rig } from "./rig.ts";

const ROUNDS = 6;
const LOAD = { rate: 200, calls: 1000 };
/** It takes V8 some ten thousand calls to compile what is worth it. */
const WARM_UP = 10_000;
const MOST = 0.1;

/** What of a call's CPU its record takes: two servers in turn, one of which keeps none. */
export async function recordSharePart(): Promise<PartResult> {
  const without = path.join(import.meta.dirname, "without-record.ts");
  const rigs: Rig[] = [];
  try {
    for (const nodeFlags of [[], ["--import", without]]) {
      const rig = await Rig.start({ nodeFlags });
      rigs.push(rig);
      await warmUp(rig, WARM_UP);
    }
    const runs: LoadRun[][] = rigs.map(() => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const index of round % 2 === 0 ? [0, 1] : [1, 0]) {
        progress(`record: ${index === 0 ? "with" : "without"}, round ${round + 1} of ${ROUNDS}`);
        const rig = rigs[index];
        if (rig !== undefined) runs[index]?.push(await measureLoad(rig, LOAD));
      }
    }
    const [kept = [], none = []] = runs;
    const shares = ratiosOf(none, kept).map((ratio) => 1 - ratio);
    const each = shares.map((share) => (100 * share).toFixed(0)).join(", ");
    return {
      rows: [
        {
          ...GOALS.recordShare,
          measured: `${(100 * median(shares)).toFixed(1)} % (median of ${each})`,
          holds: median(shares) <= MOST,
        },
      ],
      notes: [...complaintsOf(kept), ...complaintsOf(none)],
      failed: [...kept, ...none].some(({ failed }) => failed > 0),
    };
  } finally {
    for (const rig of rigs) await rig.stop();
  }
}
