import { z } from "zod";
import type { CallerIdForwarding } from "../../command.ts";
import { understandExternal } from "../../destination.ts";
import { field } from "../../field.ts";
import { ring, skip } from "../ringing.ts";
import { ringingKind } from "../ringing-kind.ts";
import type { StepBase } from "../step.ts";
import { reference, ringSeconds, shownNumber, stepObject } from "../step-schema.ts";

/** Rings an outside number. */
export interface FixedDestinationStep extends StepBase {
  readonly type: "fixedDestination";
  /** `+E.164`. (`number` is the step's own.) */
  readonly destination: string;
  readonly ringMs: number;
  /** The step's own setting; undefined: that of the webhook above. */
  readonly callerIdForwarding: CallerIdForwarding | undefined;
}

const schema = stepObject({
  type: z.literal("fixedDestination"),
  number: field(reference("The number"), {
    label: "Number",
    help: "The outside number that rings, such as +31 20 123 4567.",
  }),
  ringSeconds: ringSeconds(25),
  callerIdForwarding: shownNumber(),
});
export type FixedDestinationDocument = z.infer<typeof schema>;

export const fixedDestinationKind = ringingKind<FixedDestinationDocument, FixedDestinationStep>({
  type: "fixedDestination",
  title: "Fixed destination",
  help: "Rings an outside number through the outbound trunk.",
  schema: () => schema,
  // Nothing of ours may have this number.
  references: ({ number }) =>
    (["phone", "group"] as const).map((thing) => ({ thing, name: number.trim(), key: "number", weak: true })),
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
  rings(step, scene, ringing) {
    // Checked again: the countries that may be dialled can have changed since the plan was published.
    const allowed = understandExternal(step.destination, scene.directory);
    if (!allowed.ok) {
      const { message: why, code: refused } = allowed.error;
      return skip(ringing, scene.walk, "ring.refused", { why, refused });
    }
    return ring(ringing, scene, [{ kind: "external", number: allowed.value.number }]);
  },
  callerIdForwarding: (step) => step.callerIdForwarding,
});
