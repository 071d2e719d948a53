import type { Why } from "../../../lib/said.ts";
import type { WebhookIvr } from "../../directory.ts";
import type { CollectEnd, WebhookResult } from "../../outcome.ts";
import type { TraceEntry } from "../../trace.ts";
import type { Move, Scene } from "../step.ts";
import {
  type Asking,
  leave,
  repliedArgs,
  requestWithCode,
  say,
  type WebhookStep,
  withReturned,
} from "./request.ts";
import { INTER_DIGIT_MS } from "./words.ts";

/** Why the caller is asked for a code: at first, or again. */
type Cause = "start" | "incorrect" | "timeout";

/** The first attempt: the start message, then the code (docs/adr/0028). */
export function askForCode(step: WebhookStep, scene: Scene, ivr: WebhookIvr): Move<Asking> {
  return collect(step, { ...scene, own: { attempt: 0 } }, ivr, "start", []);
}

/** A code was typed, and the webhook is asked about it; or none was in time, and no request is made. */
export function codeTyped(
  step: WebhookStep,
  scene: Scene<Asking>,
  digits: string,
  ended: CollectEnd,
): Move<Asking> {
  if (digits !== "") return requestWithCode(step, scene, digits, ended);
  const ivr = ivrOf(step, scene);
  const timeoutSeconds = ivr === undefined ? undefined : ivr.timeoutMs / 1000;
  const args = { attempt: scene.own.attempt, attempts: ivr?.attempts, timeoutSeconds };
  return again(step, scene, ivr, "timeout", [say(step, "webhook.noCode", args)]);
}

/** The receiver said NAK: the next attempt, or after the last one the failed branch. */
export function codeRefused(step: WebhookStep, scene: Scene<Asking>, result: WebhookResult): Move<Asking> {
  const ivr = ivrOf(step, scene);
  const args = { ...repliedArgs(result), attempt: scene.own.attempt, attempts: ivr?.attempts };
  const refused = { ...scene, walk: withReturned(scene.walk, result) };
  return again(step, refused, ivr, "incorrect", [say(step, "webhook.codeRefused", args)]);
}

/** The message after the last attempt was played, or a key ended it. */
export function lastMessagePlayed(step: WebhookStep, scene: Scene<Asking>): Move<Asking> {
  return leave(step, scene.walk, false, [say(step, "webhook.lastMessagePlayed", {})]);
}

/** The caller could not be answered or hears nothing: no code can be asked for. */
export function codeUnheard(step: WebhookStep, scene: Scene<Asking>, reason: Why): Move<Asking> {
  const code = scene.own.leaving === true ? "webhook.lastMessageFailed" : "webhook.codeUnheard";
  return leave(step, scene.walk, false, [say(step, code, { reason })]);
}

/** Asks once more, or leaves: by the failed branch, and where the last attempt has a message of its own, after that. */
function again(
  step: WebhookStep,
  scene: Scene<Asking>,
  ivr: WebhookIvr | undefined,
  cause: Exclude<Cause, "start">,
  before: readonly TraceEntry[],
): Move<Asking> {
  const { walk, own } = scene;
  if (ivr !== undefined && own.attempt < ivr.attempts) return collect(step, scene, ivr, cause, before);
  const { message, gone } = choose(step, scene, [
    cause === "incorrect" ? ivr?.incorrectMessage : ivr?.timeoutMessage,
  ]);
  const trace = [...before, ...gone];
  if (message === undefined) {
    return leave(step, walk, false, [...trace, say(step, "webhook.lastAttempt", {})]);
  }
  return {
    kind: "ask",
    walk,
    own: { attempt: own.attempt, leaving: true },
    command: { type: "play", step: step.number, message },
    trace: [...trace, say(step, "webhook.lastAttemptMessage", { message })],
  };
}

/** Plays what there is to play, and waits for a code. */
function collect(
  step: WebhookStep,
  scene: Scene<Asking>,
  ivr: WebhookIvr,
  cause: Cause,
  before: readonly TraceEntry[],
): Move<Asking> {
  const attempt = scene.own.attempt + 1;
  const { startMessage, incorrectMessage, timeoutMessage, timeoutMs, attempts, codeLength } = ivr;
  // Where a message for a repeat is not set, the start message is played again.
  const own = { start: undefined, incorrect: incorrectMessage, timeout: timeoutMessage }[cause];
  const { message, gone } = choose(step, scene, [own, startMessage]);
  const args = { attempt, attempts, message, timeoutSeconds: timeoutMs / 1000 };
  return {
    kind: "ask",
    walk: { ...scene.walk, returned: { destination: "", callerName: "" } },
    own: { attempt },
    command: {
      type: "collect",
      step: step.number,
      message,
      rule: { keys: "code", timeoutMs, interDigitMs: INTER_DIGIT_MS, length: codeLength },
    },
    trace: [...before, ...gone, say(step, "webhook.asksForCode", args)],
  };
}

/** The first of these messages that is set and there; what is set and not there is said. */
function choose(
  step: WebhookStep,
  { directory }: Pick<Scene, "directory">,
  names: readonly (string | undefined)[],
): { readonly message: string | undefined; readonly gone: readonly TraceEntry[] } {
  const gone: TraceEntry[] = [];
  for (const name of names) {
    if (name === undefined) continue;
    if (directory.audioMessages.has(name)) return { message: name, gone };
    gone.push(say(step, "webhook.messageGone", { message: name }));
  }
  return { message: undefined, gone };
}

function ivrOf(step: WebhookStep, { directory }: Pick<Scene, "directory">): WebhookIvr | undefined {
  return directory.webhooks.get(step.webhook)?.ivr;
}
