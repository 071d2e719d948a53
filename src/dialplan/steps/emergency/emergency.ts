import { z } from "zod";
import { field } from "../../field.ts";
import { ring } from "../ringing.ts";
import { ringingKind } from "../ringing-kind.ts";
import type { StepBase } from "../step.ts";
import { reference, ringSeconds, stepObject } from "../step-schema.ts";

/** A phone dialled for help: the number as dialled, through the outbound trunk, past the guard that stops all else. */
export interface EmergencyStep extends StepBase {
  readonly type: "emergency";
  /** As dialled, such as `112`. */
  readonly destination: string;
  readonly ringMs: number;
}

const schema = stepObject({
  type: z.literal("emergency"),
  number: field(reference("The number"), {
    label: "Number",
    help: "The emergency number as it was dialled.",
  }),
  ringSeconds: ringSeconds(180),
});
export type EmergencyDocument = z.infer<typeof schema>;

/** Only the switchboard itself writes such a step: the registry does not offer it to plans. */
export const emergencyKind = ringingKind<EmergencyDocument, EmergencyStep>({
  type: "emergency",
  title: "Emergency call",
  help: "Rings an emergency number.",
  schema: () => schema,
  compile: (document, place) => ({
    ...place.base,
    type: "emergency",
    destination: document.number,
    ringMs: document.ringSeconds * 1000,
  }),
  label: (step) => `Emergency number ${step.destination}`,
  rings: (step, scene, ringing) => ring(ringing, scene, [{ kind: "external", number: step.destination }]),
});
