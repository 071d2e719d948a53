import { z } from "zod";
import { didYouMean } from "../../lib/did-you-mean.ts";
import { type AudioDocument, type AudioStep, audioKind } from "./audio.ts";
import { type CallerNameDocument, type CallerNameStep, callerNameKind } from "./caller-name.ts";
import {
  type FixedDestinationDocument,
  type FixedDestinationStep,
  fixedDestinationKind,
} from "./fixed-destination.ts";
import { type GroupDocument, type GroupStep, groupKind } from "./group.ts";
import { type HangUpDocument, type HangUpStep, hangUpKind } from "./hang-up.ts";
import { type PhoneDocument, type PhoneStep, phoneKind } from "./phone.ts";
import type { StepBase, StepKind } from "./step.ts";
import {
  type VariableDestinationDocument,
  type VariableDestinationStep,
  variableDestinationKind,
} from "./variable-destination.ts";
import { type WebhookDocument, webhookKind, webhookSchema } from "./webhook.ts";
import type { WebhookStep } from "./webhook-request.ts";

/** A step as written in a plan document. */
export type StepDocument =
  | PhoneDocument
  | GroupDocument
  | FixedDestinationDocument
  | VariableDestinationDocument
  | AudioDocument
  | CallerNameDocument
  | HangUpDocument
  | WebhookDocument<StepDocument>;

/** A compiled step: plain data. */
export type Step =
  | PhoneStep
  | GroupStep
  | FixedDestinationStep
  | VariableDestinationStep
  | AudioStep
  | CallerNameStep
  | HangUpStep
  | WebhookStep;

/** Every type of step there is; this is the only list. */
const KINDS = {
  phone: phoneKind,
  group: groupKind,
  fixedDestination: fixedDestinationKind,
  variableDestination: variableDestinationKind,
  audio: audioKind,
  callerName: callerNameKind,
  webhook: webhookKind,
  hangUp: hangUpKind,
} as const satisfies Record<Step["type"], unknown>;

/** What compiling and walking need of a step's kind, whichever it is. */
export type AnyKind = Omit<StepKind<StepDocument, Step & StepBase>, "schema">;

/** The kind of a step's type. */
export function kindOf(type: Step["type"]): AnyKind {
  // Each kind is only ever given documents and steps of its own type, which TypeScript cannot follow through a table.
  return KINDS[type] as unknown as AnyKind;
}

/** Steps of one level, as a schema. */
export const stepsSchema: z.ZodType<readonly StepDocument[]> = z.lazy(() =>
  z.array(stepSchema, "Steps are a list.").readonly(),
);

/** One step with all below it, as a schema. */
const stepSchema: z.ZodType<StepDocument> = z
  .discriminatedUnion(
    "type",
    [
      phoneKind.schema,
      groupKind.schema,
      fixedDestinationKind.schema,
      variableDestinationKind.schema,
      audioKind.schema,
      callerNameKind.schema,
      hangUpKind.schema,
      webhookSchema(stepsSchema),
    ],
    { error: (issue) => unknownType(issue.input) },
  )
  .meta({ id: "PlanStep" });

function unknownType(input: unknown): string {
  const known = Object.keys(KINDS);
  const types = `Types are ${known.join(", ")}.`;
  if (typeof input !== "object" || input === null || !("type" in input))
    return `A step needs a type. ${types}`;
  const { type } = input;
  if (typeof type !== "string") return `A step's type is a word. ${types}`;
  const meant = didYouMean(type, known);
  return `There is no step type "${type.slice(0, 64)}". ${meant === undefined ? types : `Did you mean "${meant}"?`}`;
}
