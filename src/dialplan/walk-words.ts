interface Ended {
  /** What a caller who was not answered is told. */
  readonly status: number;
}

/** The sentences of a walk that are no single kind's. */
export const walkWords = {
  "plan.callerHungUp": () => "The caller hung up.",
  "plan.lastWasBusy": (_: Ended) => "Nobody answered, and the last to be rung was busy.",
  "plan.nobodyRung": (_: Ended) => "The plan ended without ringing anybody.",
  "plan.nobodyAnswered": (_: Ended) => "Nobody answered.",
  "plan.tooManySteps": ({ most }: Ended & { readonly most: number }) =>
    `The plan took more than ${most} steps and was ended.`,
};
