import { branchLevel } from "../../../../../src/dialplan/step-number.ts";
import type { TraceEntry } from "../../../../../src/dialplan/trace.ts";

/** What a simulated call did, as the rows of a plan show it. */
export interface Told {
  /** The entries of each step that was taken, by its number. */
  readonly steps: ReadonlyMap<string, readonly TraceEntry[]>;
  /** Prefixes of the branches that were taken. */
  readonly branches: ReadonlySet<string>;
}

/** The trace of a walk by step. */
export function toldOf(trace: readonly TraceEntry[]): Told {
  const steps = new Map<string, TraceEntry[]>();
  const branches = new Set<string>();
  for (const entry of trace) {
    if (entry.step === "" || entry.plan !== undefined) continue;
    steps.set(entry.step, [...(steps.get(entry.step) ?? []), entry]);
    const parts = entry.step.split(".");
    for (let depth = 2; depth < parts.length; depth += 2) {
      const owner = parts.slice(0, depth - 1).join(".");
      branches.add(branchLevel(owner, Number(parts[depth - 1]) - 1));
    }
  }
  return { steps: spared(steps), branches };
}

/** What came of a step says what it did; that it began is said only where nothing came of it. */
function spared(
  steps: ReadonlyMap<string, readonly TraceEntry[]>,
): ReadonlyMap<string, readonly TraceEntry[]> {
  return new Map(
    [...steps].map(([number, entries]) => {
      const shown = entries.filter(
        ({ code = "" }, index) => !BEGINS.has(code) || index === entries.length - 1,
      );
      return [number, shown];
    }),
  );
}

const BEGINS: ReadonlySet<string> = new Set([
  "ring.rings",
  "audio.plays",
  "webhook.asks",
  "webhook.asksForCode",
  "variableDestination.returned",
]);
