import type { TraceEntry } from "./trace.ts";

/** A step that a call has come to. */
export interface TakenStep {
  /** The plan that the step is in, where that is not the one that took the call. */
  readonly plan?: string;
  /** Its number: `2.1.1`. */
  readonly step: string;
  /** Somebody whom it rang has answered. */
  readonly answered: boolean;
}

/** The steps that a walk's entries tell of, in their order; one that says several things in a row stands once. */
export function takenSteps(
  entries: Iterable<Pick<TraceEntry, "step" | "plan" | "code">>,
): readonly TakenStep[] {
  const taken: TakenStep[] = [];
  for (const { step, plan, code } of entries) {
    if (step === "") continue;
    const answered = code === "ring.answered";
    const last = taken.at(-1);
    if (last?.step === step && last.plan === plan)
      taken[taken.length - 1] = { ...last, answered: last.answered || answered };
    else taken.push({ ...(plan === undefined ? {} : { plan }), step, answered });
  }
  return taken;
}
