import { z } from "zod";
import { field } from "../../field.ts";
import { ringGroup } from "../ringing.ts";
import { ringingKind } from "../ringing-kind.ts";
import type { StepBase } from "../step.ts";
import { reference, ringSeconds, stepObject } from "../step-schema.ts";

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
  group: field(reference("The group (its internal number)"), {
    label: "Group",
    help: "Whose phones ring, by the group's internal number.",
    names: "group",
  }),
  ringSeconds: ringSeconds(20),
  ignoreForwarding: field(z.boolean("ignoreForwarding is true or false.").default(false), {
    label: "Ignore forwarding",
    help: "A phone of the group that is forwarded does not take the call with it.",
  }),
});
export type GroupStepDocument = z.infer<typeof schema>;

export const groupKind = ringingKind<GroupStepDocument, GroupStep>({
  type: "group",
  title: "Call group",
  help: "Rings the phones of a group, all at once or one after the other.",
  schema: () => schema,
  references: (document) => [{ thing: "group", name: document.group, key: "group" }],
  compile(document, place) {
    const group = place.directory.groups.get(document.group);
    if (group?.strategy === "smart") {
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
  rings: (step, scene, ringing) => ringGroup(ringing, step.group, scene),
  ignoresForwarding: (step) => step.ignoreForwarding,
});
