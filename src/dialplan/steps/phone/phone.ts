import { z } from "zod";
import { field } from "../../field.ts";
import { phone, ring, skip } from "../ringing.ts";
import { ringingKind } from "../ringing-kind.ts";
import type { StepBase } from "../step.ts";
import { reference, ringSeconds, stepObject } from "../step-schema.ts";

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
    names: "phone",
  }),
  ringSeconds: ringSeconds(20),
});
export type PhoneStepDocument = z.infer<typeof schema>;

export const phoneKind = ringingKind<PhoneStepDocument, PhoneStep>({
  type: "phone",
  title: "Phone",
  help: "Rings one phone, at every place where it is registered.",
  schema: () => schema,
  references: (document) => [{ thing: "phone", name: document.phone, key: "phone" }],
  compile: (document, place) => ({
    ...place.base,
    type: "phone",
    phone: document.phone,
    ringMs: document.ringSeconds * 1000,
  }),
  label: (step) => `Phone ${step.phone}`,
  rings(step, scene, ringing) {
    if (!scene.directory.phones.has(step.phone)) {
      return skip(ringing, scene.walk, "ring.phoneGone", { phone: step.phone });
    }
    return ring(ringing, scene, [phone(step.phone)]);
  },
});
