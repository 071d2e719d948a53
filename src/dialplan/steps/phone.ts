import { z } from "zod";
import { missing } from "./missing.ts";
import { afterRinging, phone, type RingingStep, ring, skip } from "./ringing.ts";
import type { StepBase, StepKind } from "./step.ts";
import { reference, ringSeconds, stepObject } from "./step-schema.ts";

/** Rings one phone at all its registered contacts. */
export interface PhoneStep extends StepBase {
  readonly type: "phone";
  /** Extension. */
  readonly phone: string;
  readonly ringMs: number;
}

const schema = stepObject({
  type: z.literal("phone"),
  phone: reference("The phone (its internal number)"),
  ringSeconds: ringSeconds(20),
});
export type PhoneDocument = z.infer<typeof schema>;

export const phoneKind: StepKind<PhoneDocument, PhoneStep> & { readonly schema: typeof schema } = {
  type: "phone",
  schema,
  follow: "yes",
  compile(document, place) {
    if (!place.directory.phones.has(document.phone)) {
      place.problem("unknownPhone", "phone", missing("phone", document.phone, place.directory.phones.keys()));
    }
    return { ...place.base, type: "phone", phone: document.phone, ringMs: document.ringSeconds * 1000 };
  },
  label: (step) => `Phone ${step.phone}`,
  enter(step, scene) {
    if (!scene.directory.phones.has(step.phone)) {
      return skip(ringing(step), scene, `There is no phone ${step.phone} any more: skipped.`);
    }
    return ring(ringing(step), scene, [phone(step.phone)], [], []);
  },
  resume: (step, scene, outcome) => afterRinging(ringing(step), scene, outcome),
};

function ringing(step: PhoneStep): RingingStep {
  return { step, label: phoneKind.label(step), followForwards: true, callerIdForwarding: undefined };
}
