import { z } from "zod";
import type { CallerIdForwarding } from "../command.ts";
import { understandExternal } from "../destination.ts";
import { afterRinging, type RingingStep, ring, skip } from "./ringing.ts";
import type { StepBase, StepKind } from "./step.ts";
import { reference, ringSeconds, stepObject } from "./step-schema.ts";

/** Rings an outside number. */
export interface FixedDestinationStep extends StepBase {
  readonly type: "fixedDestination";
  /** `+E.164`. (`number` is the step's own.) */
  readonly destination: string;
  readonly ringMs: number;
  /** The step's own setting; undefined: that of the webhook above. */
  readonly callerIdForwarding: CallerIdForwarding | undefined;
  /** A phone dialled for help: not guarded. Never made from a plan document, so no plan can dial such a number. */
  readonly emergency?: true;
}

const schema = stepObject({
  type: z.literal("fixedDestination"),
  number: reference("The number"),
  ringSeconds: ringSeconds(25),
  callerIdForwarding: z
    .enum(["caller", "called", "suppressed"], "callerIdForwarding is caller, called or suppressed.")
    .optional(),
});
export type FixedDestinationDocument = z.infer<typeof schema>;

export const fixedDestinationKind: StepKind<FixedDestinationDocument, FixedDestinationStep> & {
  readonly schema: typeof schema;
} = {
  type: "fixedDestination",
  schema,
  follow: "yes",
  compile(document, place) {
    const { directory } = place;
    const number = document.number.trim();
    const understood = understandExternal(number, directory);
    if (directory.phones.has(number) || directory.groups.has(number)) {
      const kind = directory.phones.has(number) ? "phone" : "group";
      place.problem(
        "numberIsInternal",
        "number",
        `${number} is the internal number of a ${kind}; a step of type ${kind} rings it.`,
      );
    } else if (!understood.ok) {
      place.problem("numberRefused", "number", understood.error.message);
    }
    return {
      ...place.base,
      type: "fixedDestination",
      destination: understood.ok ? understood.value.number : number,
      ringMs: document.ringSeconds * 1000,
      callerIdForwarding: document.callerIdForwarding,
    };
  },
  label: (step) => `Fixed destination ${step.destination}`,
  enter(step, scene) {
    if (step.emergency)
      return ring(ringing(step), scene, [{ kind: "external", number: step.destination }], [], []);
    // Checked again: the countries that may be dialled can have changed since the plan was published.
    const allowed = understandExternal(step.destination, scene.directory);
    if (!allowed.ok) {
      return skip(ringing(step), scene, `${allowed.error.message} Skipped.`, { refused: allowed.error.code });
    }
    return ring(ringing(step), scene, [{ kind: "external", number: allowed.value.number }], [], []);
  },
  resume: (step, scene, outcome) => afterRinging(ringing(step), scene, outcome),
};

function ringing(step: FixedDestinationStep): RingingStep {
  return {
    step,
    label: fixedDestinationKind.label(step),
    followForwards: false,
    callerIdForwarding: step.callerIdForwarding,
  };
}
