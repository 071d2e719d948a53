import { z } from "zod";
import { understandDestination } from "../../destination.ts";
import { quoteText } from "../../quote.ts";
import { speaker } from "../../words.ts";
import { afterRinging, phone, type RingingNow, type RingingStep, ring, ringGroup, skip } from "../ringing.ts";
import { ringingWords } from "../ringing-words.ts";
import { type Move, none, type Scene, type StepBase, type StepKind } from "../step.ts";
import { ringSeconds, stepObject } from "../step-schema.ts";

/** Rings what the nearest webhook above returned: a phone, a group, or an outside number that passes the guard. */
export interface VariableDestinationStep extends StepBase {
  readonly type: "variableDestination";
  readonly ringMs: number;
}

const schema = stepObject({
  type: z.literal("variableDestination"),
  ringSeconds: ringSeconds(20),
});
export type VariableDestinationDocument = z.infer<typeof schema>;

const words = {
  "variableDestination.returned": ({ destination }: { readonly destination: string }) =>
    `The webhook returned the destination ${destination}.`,
};
const say = speaker(words);

export const variableDestinationKind: StepKind<
  VariableDestinationDocument,
  VariableDestinationStep,
  RingingNow
> = {
  type: "variableDestination",
  title: "Variable destination",
  help: "Rings what the webhook above returned as destination.",
  schema: () => schema,
  follow: "yes",
  words: { ...ringingWords, ...words },
  branches: none,
  references: none,
  compile(document, place) {
    if (!place.given.has("webhookReply")) {
      place.problem(
        "outsideWebhook",
        "type",
        "A variable destination rings what a webhook returned, so it stands only under a webhook.",
      );
    }
    return { ...place.base, type: "variableDestination", ringMs: document.ringSeconds * 1000 };
  },
  label: () => "Variable destination",
  enter(step, scene) {
    const { destination } = scene.walk.returned;
    if (destination.trim() === "") return skip(ringing(step), scene.walk, "ring.nothingReturned", {});
    const move = ringReturned(step, scene, destination);
    const returned = say(step, ringing(step).label, "variableDestination.returned", {
      destination: quoteText(destination),
    });
    return { ...move, trace: [returned, ...move.trace] };
  },
  resume: (step, scene, outcome) => afterRinging(ringing(step), scene, outcome),
};

function ringReturned(step: VariableDestinationStep, scene: Scene, text: string): Move<RingingNow> {
  const understood = understandDestination(text, scene.directory);
  if (!understood.ok) {
    const { message: why, code: refused } = understood.error;
    return skip(ringing(step), scene.walk, "ring.refused", { why, refused });
  }
  const { value } = understood;
  switch (value.kind) {
    case "group":
      return ringGroup(ringing(step), value.extension, scene);
    case "phone":
      return ring(ringing(step), scene, [phone(value.extension)]);
    case "external":
      return ring(ringing(step, false), scene, [{ kind: "external", number: value.number }]);
  }
}

function ringing(step: VariableDestinationStep, followForwards = true): RingingStep {
  return {
    step,
    label: variableDestinationKind.label(step),
    followForwards,
    callerIdForwarding: undefined,
  };
}
