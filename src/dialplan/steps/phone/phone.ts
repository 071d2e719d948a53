import { z } from "zod";
import { afterRinging, phone, type RingingNow, type RingingStep, ring, skip } from "../ringing.ts";
import { ringingWords } from "../ringing-words.ts";
import { none, type StepBase, type StepKind } from "../step.ts";
import { field, reference, ringSeconds, stepObject } from "../step-schema.ts";

/** Rings one phone at all its registered contacts. */
export interface PhoneStep extends StepBase {
  readonly type: "phone";
  /** Extension. */
  readonly phone: string;
  readonly ringMs: number;
}

const schema = stepObject({
  type: z.literal("phone"),
  phone: field(reference("The phone (its internal number)"), {
    label: "Phone",
    help: "Which phone rings, by its internal number.",
  }),
  ringSeconds: ringSeconds(20),
});
export type PhoneDocument = z.infer<typeof schema>;

export const phoneKind: StepKind<PhoneDocument, PhoneStep, RingingNow> = {
  type: "phone",
  title: "Phone",
  help: "Rings one phone, at every place where it is registered.",
  schema: () => schema,
  follow: "yes",
  words: ringingWords,
  branches: none,
  references: (document) => [{ thing: "phone", name: document.phone, key: "phone" }],
  compile: (document, place) => ({
    ...place.base,
    type: "phone",
    phone: document.phone,
    ringMs: document.ringSeconds * 1000,
  }),
  label: (step) => `Phone ${step.phone}`,
  enter(step, scene) {
    if (!scene.directory.phones.has(step.phone)) {
      return skip(ringing(step), scene.walk, "ring.phoneGone", { phone: step.phone });
    }
    return ring(ringing(step), scene, [phone(step.phone)]);
  },
  resume: (step, scene, outcome) => afterRinging(ringing(step), scene, outcome),
};

function ringing(step: PhoneStep): RingingStep {
  return { step, label: phoneKind.label(step), followForwards: true, callerIdForwarding: undefined };
}
