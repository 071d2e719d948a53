import { z } from "zod";
import { missing } from "./missing.ts";
import { afterRinging, type RingingStep, ringGroup } from "./ringing.ts";
import type { StepBase, StepKind } from "./step.ts";
import { reference, ringSeconds, stepObject } from "./step-schema.ts";

/** Rings the phones of a group, all at once or in order; in order, each member rings for the whole ring time. */
export interface GroupStep extends StepBase {
  readonly type: "group";
  /** Extension. */
  readonly group: string;
  readonly ringMs: number;
  readonly ignoreForwarding: boolean;
}

const schema = stepObject({
  type: z.literal("group"),
  group: reference("The group (its internal number)"),
  ringSeconds: ringSeconds(20),
  ignoreForwarding: z.boolean("ignoreForwarding is true or false.").default(false),
});
export type GroupDocument = z.infer<typeof schema>;

export const groupKind: StepKind<GroupDocument, GroupStep> & { readonly schema: typeof schema } = {
  type: "group",
  schema,
  follow: "yes",
  compile(document, place) {
    const group = place.directory.groups.get(document.group);
    if (group === undefined) {
      place.problem("unknownGroup", "group", missing("group", document.group, place.directory.groups.keys()));
    } else if (group.strategy === "smart") {
      place.problem(
        "strategyNotAvailable",
        "group",
        `Group ${document.group} (${group.name}) has the strategy smart, which needs a call history and is not available yet; use all or inOrder.`,
      );
    }
    return {
      ...place.base,
      type: "group",
      group: document.group,
      ringMs: document.ringSeconds * 1000,
      ignoreForwarding: document.ignoreForwarding,
    };
  },
  label: (step) => `Group ${step.group}`,
  enter: (step, scene) => ringGroup(ringing(step), step.group, scene),
  resume: (step, scene, outcome) => afterRinging(ringing(step), scene, outcome),
};

function ringing(step: GroupStep): RingingStep {
  return {
    step,
    label: groupKind.label(step),
    followForwards: !step.ignoreForwarding,
    callerIdForwarding: undefined,
  };
}
