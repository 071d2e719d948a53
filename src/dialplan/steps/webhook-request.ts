import { withStop } from "../../lib/sentence.ts";
import { callerText } from "../call-facts.ts";
import type { WebhookValues } from "../command.ts";
import type { WebhookResult } from "../outcome.ts";
import { quoteText } from "../quote.ts";
import type { TraceData, TraceEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";
import { entryOf, type Move, type Scene, type StepBase } from "./step.ts";

/** Asks a webhook; its verdict chooses the branch. */
export interface WebhookStep extends StepBase {
  readonly type: "webhook";
  readonly webhook: string;
  /** Index of the first step of the branch "HTTP and IVR successful", or END. */
  readonly success: number;
  /** Index of the first step of the branch "HTTP or IVR failed", or END. */
  readonly failed: number;
}

/** Asks the shell for the request. `lead` is said in front of it; `code` is never said. */
export function request(step: WebhookStep, walk: Walk, code: string, lead = "", data?: TraceData): Move {
  return {
    kind: "ask",
    walk: { ...walk, waitingFor: "replied" },
    command: { type: "request", step: step.number, webhook: step.webhook, values: valuesOf(walk, code) },
    trace: [entry(step, `${lead}Asks the webhook "${step.webhook}".`, data)],
  };
}

/** Takes the branch that the reply chooses, with what it returned. */
export function decided(step: WebhookStep, scene: Scene, result: WebhookResult): Move {
  const successful = result.verdict === "ack";
  const text = `${successful ? "Successful" : "Failed"} after ${took(result)}: ${accountOf(result)}`;
  return leave(step, withReturned(scene.walk, result), successful, [entry(step, text, dataOf(result))]);
}

/** Goes to the first step of a branch. */
export function leave(
  step: WebhookStep,
  walk: Walk,
  successful: boolean,
  trace: readonly TraceEntry[],
): Move {
  const to = successful ? step.success : step.failed;
  return { kind: "go", walk: { ...walk, waitingFor: "nothing", attempt: 0 }, to, trace };
}

/** The walk with only what this reply returned. */
export function withReturned(walk: Walk, result: WebhookResult): Walk {
  const { destination = "", callerName = "" } = result;
  return { ...walk, returned: { destination, callerName } };
}

/** A reply in words: the reason, what was returned, and the warnings. */
export function accountOf({ destination = "", callerName = "", reason, warnings }: WebhookResult): string {
  const returned = [
    ...(destination === "" ? [] : [`destination ${quoteText(destination)}`]),
    ...(callerName === "" ? [] : [`name ${quoteText(callerName)}`]),
  ].join(" and ");
  return [withStop(reason), ...(returned === "" ? [] : [`Returned ${returned}.`]), ...warnings].join(" ");
}

/** `12 ms`. */
export function took(result: WebhookResult): string {
  return `${Math.round(result.elapsedMs)} ms`;
}

/** A reply in values, for programs. */
export function dataOf({ verdict, elapsedMs, status }: WebhookResult): TraceData {
  return { verdict, elapsedMs, ...(status === undefined ? {} : { status }) };
}

/** One decision of a webhook step. */
export function entry(step: WebhookStep, text: string, data?: TraceData): TraceEntry {
  return entryOf(step, labelOf(step), text, data);
}

/** `Webhook "CRM"`. */
export function labelOf(step: WebhookStep): string {
  return `Webhook "${step.webhook}"`;
}

/** `{callername}` is the caller's own name as the call came in, not what steps have made of it. */
function valuesOf(walk: Walk, code: string): WebhookValues {
  const { did, caller, callerName, callId } = walk.facts;
  return { did, callerid: callerText(caller), callername: callerName, code, callid: callId };
}
