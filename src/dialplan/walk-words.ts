import type { Weights } from "./steps/step.ts";

interface Ended {
  /** What a caller who was not answered is told. */
  readonly status: number;
}

interface Named {
  readonly plan: string;
}

interface Entered extends Named {
  readonly version: number;
}

interface Left extends Named {
  /** The plan that the call is in again. */
  readonly into: string;
}

/** The sentences of a walk that are no single kind's. */
export const walkWords = {
  "plan.callerHungUp": () => "The caller hung up.",
  "plan.lastWasBusy": (_: Ended) => "Nobody answered, and the last to be rung was busy.",
  "plan.nobodyRung": (_: Ended) => "The plan ended without ringing anybody.",
  "plan.nobodyAnswered": (_: Ended) => "Nobody answered.",
  "plan.entered": ({ plan, version }: Entered) => `Goes on in the dial plan "${plan}" (version ${version}).`,
  "plan.left": ({ plan, into }: Left) =>
    `The dial plan "${plan}" has ended: goes on after the step of "${into}" that led to it.`,
  "plan.gone": ({ plan }: Named) => `There is no dial plan "${plan}" any more: skipped.`,
  "plan.loop": ({ plan }: Named) =>
    `The dial plan "${plan}" has led here, so it is not entered again: skipped.`,
  "plan.tooDeep": ({ plan, most }: Named & { readonly most: number }) =>
    `The dial plan "${plan}" is not entered, for the call is in ${most} plans already: skipped.`,
  "plan.tooManySteps": ({ most }: Ended & { readonly most: number }) =>
    `The plan took more than ${most} steps and was ended.`,
};

export const walkWeights = {
  "plan.gone": "mishap",
  "plan.loop": "mishap",
  "plan.tooDeep": "mishap",
} as const satisfies Weights<typeof walkWords>;
