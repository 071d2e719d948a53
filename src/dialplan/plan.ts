import { z } from "zod";
import { type Step, stepsSchema } from "./steps/registry.ts";

/** Deepest nesting of steps: the top level is 1. */
export const MAX_DEPTH = 32;

/** Most steps in one plan, all branches counted. */
export const MAX_STEPS = 1000;

/** The version of a plan that the switchboard writes for one call: it is none of the company's. */
export const OWN_PLAN = 0;

const nameMessage = "The name of a plan is text of 1 to 100 characters.";

/** The shape of a plan as a person writes it; what its parts refer to is checked by `compile`. */
export const planDocument = z.strictObject(
  { name: z.string(nameMessage).min(1, nameMessage).max(100, nameMessage), steps: stepsSchema },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `A plan has no "${issue.keys.join('", "')}"; it takes name and steps.`
        : "A plan is an object with a name and steps.",
  },
);

/** A plan as a person writes it, of the right shape. */
export type PlanDocument = z.output<typeof planDocument>;

/**
 * A compiled plan: plain data without functions, ready to be sent to another thread. Steps lie in one flat list and
 * refer to one another by index; the first is where a call begins.
 */
export interface Plan {
  readonly name: string;
  /** Of the company's plan, whatever its name becomes; a plan made for one call has none. */
  readonly id?: string;
  /** Grows by one each time that the plan is published with a change; `OWN_PLAN` where there is nothing to publish. */
  readonly version: number;
  readonly steps: readonly Step[];
}
