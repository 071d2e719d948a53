import { z } from "zod";
import { field } from "../../field.ts";
import type { Walk } from "../../walk-state.ts";
import type { StepKind, StepLike } from "../step.ts";
import { branch, reference, stepObject } from "../step-schema.ts";
import { askForCode, codeRefused, codeTyped, codeUnheard, lastMessagePlayed } from "./code.ts";
import { type Asking, decided, labelOf, leave, request, say, type WebhookStep } from "./request.ts";
import { webhookWeights, webhookWords } from "./words.ts";

/** A webhook step as written. */
export interface WebhookStepDocument extends StepLike {
  readonly type: "webhook";
  readonly webhook: string;
  readonly success: readonly StepLike[];
  readonly failed: readonly StepLike[];
}

/** Both branches may use what the reply returned: the failed one finds nothing there, and says so. */
const GIVES = ["webhookReply"] as const;

export const webhookKind: StepKind<WebhookStepDocument, WebhookStep, Asking> = {
  type: "webhook",
  title: "Webhook",
  help: "Asks an address on the web, where wanted with a code that the caller types, and takes the branch that the reply chooses.",
  schema: (steps) =>
    stepObject({
      type: z.literal("webhook"),
      webhook: field(reference("The webhook (its name)"), {
        label: "Webhook",
        help: "Which one is asked.",
        names: "webhook",
      }),
      success: branch(steps),
      failed: branch(steps),
    }),
  follow: "mustBeLast",
  words: webhookWords,
  weights: webhookWeights,
  branches: () => [
    { path: ["success"], label: "HTTP and IVR successful", gives: GIVES },
    { path: ["failed"], label: "HTTP or IVR failed", gives: GIVES },
  ],
  references: (document) => [{ thing: "webhook", name: document.webhook, key: "webhook" }],
  compile: (document, place) => ({
    ...place.base,
    type: "webhook",
    webhook: document.webhook,
    success: place.branch("success"),
    failed: place.branch("failed"),
  }),
  label: labelOf,
  enter(step, scene) {
    const webhook = scene.directory.webhooks.get(step.webhook);
    const walk: Walk = { ...scene.walk, returned: { destination: "", callerName: "" } };
    if (webhook === undefined) {
      return leave(step, walk, false, [say(step, "webhook.gone", { webhook: step.webhook })]);
    }
    const { callerIdForwarding, ivr } = webhook;
    const below: Walk = { ...walk, callerIdForwarding };
    return ivr === undefined ? request(step, below) : askForCode(step, { ...scene, walk: below }, ivr);
  },
  resume(step, scene, outcome) {
    switch (outcome.type) {
      case "replied":
        // Only a step that asked for a code is at an attempt.
        return outcome.result.verdict === "nak" && scene.own.attempt > 0
          ? codeRefused(step, scene, outcome.result)
          : decided(step, scene.walk, outcome.result);
      case "collected":
        return codeTyped(step, scene, outcome.digits, outcome.ended);
      case "played":
        return lastMessagePlayed(step, scene);
      case "mediaFailed":
        return codeUnheard(step, scene, outcome.reason);
      case "rang":
      case "forwarded":
        throw new Error(`step ${step.number} asks, but was told "${outcome.type}"`);
    }
  },
};
