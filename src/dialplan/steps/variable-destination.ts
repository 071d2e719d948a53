import { z } from "zod";
import { understandDestination } from "../destination.ts";
import { quoteText } from "../quote.ts";
import { afterRinging, phone, type RingingStep, ring, ringGroup, skip } from "./ringing.ts";
import type { Move, Scene, StepBase, StepKind } from "./step.ts";
import { ringSeconds, stepObject } from "./step-schema.ts";

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

export const variableDestinationKind: StepKind<VariableDestinationDocument, VariableDestinationStep> & {
  readonly schema: typeof schema;
} = {
  type: "variableDestination",
  schema,
  follow: "yes",
  compile(document, place) {
    if (!place.underWebhook) {
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
    const text = scene.walk.returned.destination;
    if (text.trim() === "")
      return skip(ringing(step), scene, "The webhook returned no destination: skipped.");
    const understood = understandDestination(text, scene.directory);
    if (!understood.ok) {
      return skip(ringing(step), scene, `${understood.error.message} Skipped.`, {
        refused: understood.error.code,
      });
    }
    const { value } = understood;
    if (value.kind === "group") return withReturned(ringGroup(ringing(step), value.extension, scene), scene);
    const target = value.kind === "phone" ? phone(value.extension) : value;
    const targets = target.kind === "phone" ? [target] : [{ kind: target.kind, number: target.number }];
    return withReturned(ring(ringing(step, value.kind === "phone"), scene, targets, [], []), scene);
  },
  resume: (step, scene, outcome) => afterRinging(ringing(step), scene, outcome),
};

/** Says which destination was returned, as received, in front of what is done with it. */
function withReturned(move: Move, scene: Scene): Move {
  const [first, ...others] = move.trace;
  if (first === undefined) return move;
  const received = quoteText(scene.walk.returned.destination);
  const text = `The webhook returned the destination ${received}. ${first.text}`;
  return { ...move, trace: [{ ...first, text }, ...others] };
}

function ringing(step: VariableDestinationStep, followForwards = true): RingingStep {
  return {
    step,
    label: variableDestinationKind.label(step),
    followForwards,
    callerIdForwarding: undefined,
  };
}
