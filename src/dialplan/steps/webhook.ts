import { z } from "zod";
import type { Walk } from "../walk-state.ts";
import { missing } from "./missing.ts";
import type { StepKind } from "./step.ts";
import { reference, stepObject } from "./step-schema.ts";
import { askForCode, codeRefused, codeTyped, codeUnheard, lastMessagePlayed } from "./webhook-code.ts";
import { decided, entry, labelOf, leave, request, type WebhookStep } from "./webhook-request.ts";

/** A webhook step as written; `Step` is the document of any step. */
export interface WebhookDocument<Step> {
  readonly type: "webhook";
  readonly webhook: string;
  readonly success: readonly Step[];
  readonly failed: readonly Step[];
}

/** The schema of a webhook step in a plan whose branches hold `steps`; a function, because the registry knows them. */
export function webhookSchema<Steps extends z.ZodType>(
  steps: Steps,
): z.ZodObject<
  {
    type: z.ZodLiteral<"webhook">;
    webhook: z.ZodString;
    success: z.ZodPrefault<Steps>;
    failed: z.ZodPrefault<Steps>;
  },
  z.core.$strict
> {
  return stepObject({
    type: z.literal("webhook"),
    webhook: reference("The webhook (its name)"),
    success: steps.prefault([] as z.input<Steps>),
    failed: steps.prefault([] as z.input<Steps>),
  });
}

export const webhookKind: Omit<StepKind<WebhookDocument<unknown>, WebhookStep>, "schema"> = {
  type: "webhook",
  follow: "mustBeLast",
  compile(document, place) {
    const { webhooks } = place.directory;
    if (!webhooks.has(document.webhook)) {
      place.problem("unknownWebhook", "webhook", missing("webhook", document.webhook, webhooks.keys()));
    }
    return {
      ...place.base,
      type: "webhook",
      webhook: document.webhook,
      success: place.branch("success", 0, document.success),
      failed: place.branch("failed", 1, document.failed),
    };
  },
  label: labelOf,
  enter(step, scene) {
    const webhook = scene.directory.webhooks.get(step.webhook);
    const walk: Walk = { ...scene.walk, returned: { destination: "", callerName: "" } };
    if (webhook === undefined) {
      const text = `There is no webhook "${step.webhook}" any more: failed.`;
      return leave(step, walk, false, [entry(step, text)]);
    }
    const { callerIdForwarding, ivr } = webhook;
    const below: Walk = { ...walk, callerIdForwarding };
    return ivr === undefined ? request(step, below, "") : askForCode(step, { ...scene, walk: below }, ivr);
  },
  resume(step, scene, outcome) {
    switch (outcome.type) {
      case "replied":
        // Only a walk that asked for a code is at an attempt.
        return outcome.result.verdict === "nak" && scene.walk.attempt > 0
          ? codeRefused(step, scene, outcome.result)
          : decided(step, scene, outcome.result);
      case "collected":
        return codeTyped(step, scene, outcome.digits, outcome.ended);
      case "played":
        return lastMessagePlayed(step, scene);
      case "mediaFailed":
        return codeUnheard(step, scene, outcome.reason);
      case "rang":
        throw new Error(`step ${step.number} asks, but was told "rang"`);
    }
  },
};
