import type { CallRecord } from "./call-record.ts";

/** A step that a call took. */
export interface PathStep {
  readonly plan: string;
  readonly planId: string | undefined;
  /** 0: made for this call alone. Undefined: of a plan that another one called, whose version the record does not name. */
  readonly version: number | undefined;
  /** Its number in that plan: `2.1.3`. */
  readonly step: string;
}

/** The steps that a call took, in order, each once for each time that it was come to. */
export function stepPath({ story }: Pick<CallRecord, "story">): readonly PathStep[] {
  const path: PathStep[] = [];
  let entered: Omit<PathStep, "step"> = { plan: "", planId: undefined, version: undefined };
  for (const event of story) {
    if (event.type === "plan") {
      entered = { plan: event.plan, planId: event.planId, version: event.version };
    }
    if (event.type !== "step" || event.entry.step === "") continue;
    const { step, plan } = event.entry;
    const taken: PathStep =
      plan === undefined || plan === entered.plan
        ? { ...entered, step }
        : { plan, planId: undefined, version: undefined, step };
    const last = path.at(-1);
    // A step has several sentences: what it does, and what came of it.
    if (last?.step !== taken.step || last.plan !== taken.plan) path.push(taken);
  }
  return path;
}
