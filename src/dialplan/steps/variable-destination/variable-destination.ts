import { z } from "zod";
import type { CallerIdForwarding } from "../../command.ts";
import { understandDestination } from "../../destination.ts";
import { quoteText } from "../../quote.ts";
import { speaker } from "../../words.ts";
import { phone, type RingingNow, type RingingStep, ring, ringGroup, skip } from "../ringing.ts";
import { ringingKind } from "../ringing-kind.ts";
import type { Move, Scene, StepBase } from "../step.ts";
import { ringSeconds, shownNumber, stepObject } from "../step-schema.ts";

/** Rings what the nearest webhook above returned: a phone, a group, or an outside number that passes the guard. */
export interface VariableDestinationStep extends StepBase {
  readonly type: "variableDestination";
  readonly ringMs: number;
  /** The step's own setting; undefined: that of the webhook above. */
  readonly callerIdForwarding: CallerIdForwarding | undefined;
}

const schema = stepObject({
  type: z.literal("variableDestination"),
  ringSeconds: ringSeconds(20),
  callerIdForwarding: shownNumber(),
});
export type VariableDestinationDocument = z.infer<typeof schema>;

const words = {
  "variableDestination.returned": ({ destination }: { readonly destination: string }) =>
    `The webhook returned the destination ${destination}.`,
};
const say = speaker(words);

export const variableDestinationKind = ringingKind<VariableDestinationDocument, VariableDestinationStep>({
  type: "variableDestination",
  title: "Variable destination",
  help: "Rings what the webhook above returned as destination.",
  schema: () => schema,
  words,
  compile(document, place) {
    if (!place.given.has("webhookReply")) {
      place.problem(
        "outsideWebhook",
        "type",
        "A variable destination rings what a webhook returned, so it stands only under a webhook.",
      );
    }
    const { ringSeconds: seconds, callerIdForwarding } = document;
    return { ...place.base, type: "variableDestination", ringMs: seconds * 1000, callerIdForwarding };
  },
  label: () => "Variable destination",
  rings(step, scene, ringing) {
    const { destination } = scene.walk.returned;
    if (destination.trim() === "") return skip(ringing, scene.walk, "ring.nothingReturned", {});
    const move = ringReturned(ringing, scene, destination);
    const returned = say(step, ringing.label, "variableDestination.returned", {
      destination: quoteText(destination),
    });
    return { ...move, trace: [returned, ...move.trace] };
  },
  callerIdForwarding: (step) => step.callerIdForwarding,
});

function ringReturned(ringing: RingingStep, scene: Scene, text: string): Move<RingingNow> {
  const understood = understandDestination(text, scene.directory);
  if (!understood.ok) {
    const { message: why, code: refused } = understood.error;
    return skip(ringing, scene.walk, "ring.refused", { why, refused });
  }
  const { value } = understood;
  switch (value.kind) {
    case "group":
      return ringGroup(ringing, value.extension, scene);
    case "phone":
      return ring(ringing, scene, [phone(value.extension)]);
    case "external":
      return ring(ringing, scene, [{ kind: "external", number: value.number }]);
  }
}
