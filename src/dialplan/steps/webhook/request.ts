import type { ArgsOf, Said, Why } from "../../../lib/said.ts";
import { callerText } from "../../call-facts.ts";
import type { WebhookValues } from "../../command.ts";
import type { CollectEnd, WebhookResult } from "../../outcome.ts";
import { notesSaid, replySaid } from "../../reply-said.ts";
import type { TraceEntry } from "../../trace.ts";
import type { Walk } from "../../walk-state.ts";
import { speaker } from "../../words.ts";
import type { Move, Scene, StepBase } from "../step.ts";
import { webhookWords } from "./words.ts";

/** Asks a webhook; its verdict chooses the branch. */
export interface WebhookStep extends StepBase {
  readonly type: "webhook";
  readonly webhook: string;
  /** Index of the first step of the branch "HTTP and IVR successful", or END. */
  readonly success: number;
  /** Index of the first step of the branch "HTTP or IVR failed", or END. */
  readonly failed: number;
}

/** What a webhook step keeps while it waits; the code itself never. */
export interface Asking {
  /** Which attempt at a code this is, from 1; 0 where none is asked for. */
  readonly attempt: number;
  /** The message after the last attempt is being played. */
  readonly leaving?: true;
}

const speak = speaker(webhookWords);

/** One decision of a webhook step. */
export function say<Code extends keyof typeof webhookWords>(
  step: WebhookStep,
  code: Code,
  args: ArgsOf<(typeof webhookWords)[Code]>,
): TraceEntry {
  return speak(step, labelOf(step), code, args);
}

/** Asks the shell for the request. */
export function request(step: WebhookStep, walk: Walk): Move<Asking> {
  return asked(step, walk, "", 0, say(step, "webhook.asks", { webhook: step.webhook }));
}

/** The same with a code that was typed, which is never said. */
export function requestWithCode(
  step: WebhookStep,
  { walk, own: { attempt } }: Scene<Asking>,
  digits: string,
  ended: CollectEnd,
): Move<Asking> {
  const args = { webhook: step.webhook, digitCount: digits.length, ended, attempt };
  return asked(step, walk, digits, attempt, say(step, "webhook.asksWithCode", args));
}

function asked(
  step: WebhookStep,
  walk: Walk,
  code: string,
  attempt: number,
  entry: TraceEntry,
): Move<Asking> {
  const { number, webhook } = step;
  const command = { type: "request", step: number, webhook, values: valuesOf(walk, code) } as const;
  return { kind: "ask", walk, own: { attempt }, command, trace: [entry] };
}

/** Takes the branch that the reply chooses, with what it returned. */
export function decided(step: WebhookStep, walk: Walk, result: WebhookResult): Move<Asking> {
  const successful = result.verdict === "ack";
  const entry = say(step, successful ? "webhook.successful" : "webhook.failed", repliedArgs(result));
  return leave(step, withReturned(walk, result), successful, [entry]);
}

/** Goes to the first step of a branch. */
export function leave(
  step: WebhookStep,
  walk: Walk,
  successful: boolean,
  trace: readonly TraceEntry[],
): Move<Asking> {
  return { kind: "go", walk, to: successful ? step.success : step.failed, trace };
}

/** The walk with only what this reply returned. */
export function withReturned(walk: Walk, { destination = "", callerName = "" }: WebhookResult): Walk {
  return { ...walk, returned: { destination, callerName } };
}

/** A reply in values, with its account. */
export function repliedArgs(result: WebhookResult): {
  readonly verdict: string;
  readonly elapsedMs: number;
  readonly status?: number;
  readonly failure?: string;
  readonly account: Said;
  readonly warnings?: Why;
} {
  const { verdict, status, failure, warnings } = result;
  return {
    verdict,
    elapsedMs: Math.round(result.elapsedMs),
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined ? {} : { failure }),
    account: replySaid(result),
    ...(warnings.length === 0 ? {} : { warnings: notesSaid(result) }),
  };
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
