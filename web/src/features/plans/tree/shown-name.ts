import type { Branch, RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { cleanDisplayName } from "../../../../../src/lib/display-name.ts";
import type { Outline, StepNode } from "./outline.ts";

/** A call to show names by. */
export interface SampleCall {
  readonly callerName: string;
  /** What webhooks return. */
  readonly returnedName: string;
}

/**
 * The name that phones show from this step on, for a sample call: every caller-name step that a call takes on its way here, this
 * one included, as the walk does it.
 */
export function shownName(plan: Outline, node: StepNode, sample: SampleCall): string {
  let name = cleanDisplayName(sample.callerName);
  for (const step of way(plan, node)) {
    const { mode, text } = step;
    if (step.type !== "callerName") continue;
    const own = typeof text === "string" ? text : "";
    if (mode === "webhook") name = cleanDisplayName(sample.returnedName) || name;
    if (mode === "prepend") name = cleanDisplayName(own + name);
    if (mode === "replace") name = cleanDisplayName(own);
  }
  return name;
}

/**
 * The branch of the webhook that this step stands below, where no step changes the name on the way from there: what the webhook
 * returned is not in the name that this step finds. Undefined where there is none.
 */
export function untakenReply(plan: Outline, node: StepNode): Branch | undefined {
  const before = node.level.steps.slice(0, node.index);
  if (before.some(({ step }) => step.type === "callerName")) return undefined;
  const above = aboveOf(plan, node);
  const branch = above?.branches.find(({ level }) => level.prefix === node.level.prefix)?.branch;
  if (above === undefined || branch === undefined) return undefined;
  return branch.gives.includes("webhookReply") ? branch : untakenReply(plan, above);
}

/** The step in whose branch this one stands. */
function aboveOf(plan: Outline, node: StepNode): StepNode | undefined {
  return plan.byNumber.get(node.number.split(".").slice(0, -2).join("."));
}

/** The steps that a call takes before this one, and this one. */
function way(plan: Outline, node: StepNode): readonly RawStep[] {
  const above = aboveOf(plan, node);
  const before = node.level.steps.slice(0, node.index + 1).map(({ step }) => step);
  return above === undefined ? before : [...way(plan, above), ...before];
}
