/** Every way in which a plan can be wrong, each in a sentence; docs/reference/plan-problems.md is made of it. */
export const PLAN_PROBLEMS = {
  invalidDocument: "A key is missing, unknown or has a value that it cannot have.",
  unknownStepType: "A step has no type, or one that does not exist.",
  emptyPlan: "The plan has no steps.",
  tooManySteps: "The plan has more steps than one plan may have, those of all branches counted.",
  tooDeep: "Steps are nested deeper than they may be.",
  unknownPhone: "A step names a phone that does not exist.",
  unknownGroup: "A step names a group that does not exist.",
  unknownWebhook: "A step names a webhook that does not exist.",
  unknownAudioMessage: "A step names an audio message that does not exist.",
  unknownPlan: "A step names a dial plan that does not exist.",
  strategyNotAvailable: "A step names a group whose strategy is not available yet.",
  numberRefused: "A fixed destination is not a phone number, or one that may not be dialled.",
  numberIsInternal:
    "A fixed destination is the internal number of a phone or a group, which have steps of their own.",
  outsideWebhook: "A step uses what a webhook returned and does not stand under a webhook.",
  textRequired: "A caller name is to be put in front or replaced, and the text is missing.",
  textUnused: "A caller name is taken from the webhook and has a text besides.",
  stepNotLast:
    "Steps follow one that branches, such as a webhook, on its own level; they belong into its branches.",
  unreachableStep: "Steps follow one that ends the call.",
} as const;

export type PlanProblemCode = keyof typeof PLAN_PROBLEMS;

/** `docs/reference/plan-problems.md`. */
export function planProblemsReference(): string {
  const rows = Object.entries(PLAN_PROBLEMS).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
  return `# Problems of a dial plan

Why a plan is refused, by code, as the check gives them beside the place in the plan and a sentence about the very
step. This page is made from \`src/dialplan/plan-problems.ts\`.

| Code | Meaning |
|---|---|
${rows.join("\n")}
`;
}
