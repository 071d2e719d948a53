import type { Branch } from "../../../../../src/dialplan/steps/step.ts";
import { cleanDisplayName } from "../../../../../src/lib/display-name.ts";
import { aboveOf, type Outline, type StepNode } from "./outline.ts";

/** A call to show names by. */
export interface SampleCall {
  readonly callerName: string;
  /** What webhooks return. */
  readonly returnedName: string;
}

/**
 * The name that phones show from this step on, for a sample call: every caller-name step that a call takes on its way here, this
 * one included, as the walk does it. `isFailed`: nothing was returned where this is the branch that a call took.
 */
export function shownName(
  plan: Outline,
  node: StepNode,
  sample: SampleCall,
  isFailed: (branch: Branch) => boolean,
): string {
  let name = cleanDisplayName(sample.callerName);
  for (const one of way(plan, node)) {
    const { mode, text, type } = one.step;
    if (type !== "callerName") continue;
    const own = typeof text === "string" ? text : "";
    if (mode === "webhook") {
      const branch = replyAbove(plan, one);
      if (branch === undefined || !isFailed(branch)) name = cleanDisplayName(sample.returnedName) || name;
    }
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
  return replyAbove(plan, node, untakenReply);
}

/** The branch of the nearest webhook above; `further` looks on from a step that is none. */
function replyAbove(
  plan: Outline,
  node: StepNode,
  further: (plan: Outline, node: StepNode) => Branch | undefined = replyAbove,
): Branch | undefined {
  const above = aboveOf(plan, node);
  const branch = above?.branches.find(({ level }) => level.prefix === node.level.prefix)?.branch;
  if (above === undefined || branch === undefined) return undefined;
  return branch.gives.includes("webhookReply") ? branch : further(plan, above);
}

/** The steps that a call takes before this one, and this one. */
function way(plan: Outline, node: StepNode): readonly StepNode[] {
  const above = aboveOf(plan, node);
  const before = node.level.steps.slice(0, node.index + 1);
  return above === undefined ? before : [...way(plan, above), ...before];
}
