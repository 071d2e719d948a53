import { z } from "zod";
import type { Caller } from "../call-facts.ts";
import type { WebhookValues } from "../command.ts";
import { quoteText } from "../quote.ts";
import type { TraceEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";
import { missing } from "./missing.ts";
import type { Move, Scene, StepBase, StepKind, StepOutcome } from "./step.ts";
import { reference, stepObject } from "./step-schema.ts";

/** Asks a webhook; its verdict chooses the branch. */
export interface WebhookStep extends StepBase {
  readonly type: "webhook";
  readonly webhook: string;
  /** Index of the first step of the branch "HTTP and IVR successful", or END. */
  readonly success: number;
  /** Index of the first step of the branch "HTTP or IVR failed", or END. */
  readonly failed: number;
}

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
  label: (step) => `Webhook "${step.webhook}"`,
  enter: ask,
  resume: branch,
};

function ask(step: WebhookStep, scene: Scene): Move {
  const { walk, directory } = scene;
  const webhook = directory.webhooks.get(step.webhook);
  if (webhook === undefined) {
    const text = `There is no webhook "${step.webhook}" any more: failed.`;
    return { kind: "go", walk: below(walk, undefined, "", ""), to: step.failed, trace: [entry(step, text)] };
  }
  return {
    kind: "ask",
    walk: { ...below(walk, webhook.callerIdForwarding, "", ""), waitingFor: "replied" },
    command: { type: "request", step: step.number, webhook: step.webhook, values: valuesOf(walk) },
    trace: [entry(step, `Asks the webhook "${step.webhook}".`)],
  };
}

function branch(step: WebhookStep, scene: Scene, outcome: StepOutcome): Move {
  if (outcome.type !== "replied") throw new Error(`step ${step.number} asks, but was told "${outcome.type}"`);
  const { verdict, destination = "", callerName = "", reason, warnings, elapsedMs, status } = outcome.result;
  const successful = verdict === "ack";
  const returned = [
    ...(destination === "" ? [] : [`destination ${quoteText(destination)}`]),
    ...(callerName === "" ? [] : [`name ${quoteText(callerName)}`]),
  ].join(" and ");
  const texts = [
    `${successful ? "Successful" : "Failed"} after ${Math.round(elapsedMs)} ms: ${reason}`,
    ...(returned === "" ? [] : [`Returned ${returned}.`]),
    ...warnings,
  ];
  const data = { verdict, elapsedMs, ...(status === undefined ? {} : { status }) };
  return {
    kind: "go",
    walk: { ...below(scene.walk, undefined, destination, callerName), waitingFor: "nothing" },
    to: successful ? step.success : step.failed,
    trace: [entry(step, texts.join(" "), data)],
  };
}

/** The walk as the steps under a webhook see it: only what this webhook returned, and its caller ID forwarding. */
function below(
  walk: Walk,
  callerIdForwarding: Walk["callerIdForwarding"] | undefined,
  destination: string,
  callerName: string,
): Walk {
  return {
    ...walk,
    callerIdForwarding: callerIdForwarding ?? walk.callerIdForwarding,
    returned: { destination, callerName },
  };
}

/** `{callername}` is the caller's own name as the call came in, not what steps have made of it. */
function valuesOf(walk: Walk): WebhookValues {
  const { did, caller, callerName, callId } = walk.facts;
  return { did, callerid: callerId(caller), callername: callerName, code: "", callid: callId };
}

function callerId(caller: Caller): string {
  switch (caller.kind) {
    case "external":
      return caller.number;
    case "internal":
      return caller.extension;
    case "anonymous":
      return "";
  }
}

function entry(step: WebhookStep, text: string, data?: TraceEntry["data"]): TraceEntry {
  const base = { step: step.number, type: step.type, label: webhookKind.label(step), text };
  return data === undefined ? base : { ...base, data };
}
