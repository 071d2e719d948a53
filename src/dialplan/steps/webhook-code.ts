import { withStop } from "../../lib/sentence.ts";
import type { WebhookIvr } from "../directory.ts";
import type { CollectEnd, WebhookResult } from "../outcome.ts";
import type { TraceEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";
import type { Move, Scene } from "./step.ts";
import {
  accountOf,
  dataOf,
  entry,
  leave,
  request,
  took,
  type WebhookStep,
  withReturned,
} from "./webhook-request.ts";

/** Silence after a digit that completes a code (webhook.md, IVR). */
const INTER_DIGIT_MS = 3_000;

/** Why the caller is asked for a code: at first, or again. */
type Cause = "start" | "incorrect" | "timeout";

/** The first attempt: the start message, then the code. */
export function askForCode(step: WebhookStep, scene: Scene, ivr: WebhookIvr): Move {
  return collect(step, scene, ivr, "start", []);
}

/** A code was typed, and the webhook is asked about it; or none was in time, and no request is made. */
export function codeTyped(step: WebhookStep, scene: Scene, digits: string, ended: CollectEnd): Move {
  const { walk } = scene;
  const ivr = ivrOf(step, scene);
  if (digits !== "") {
    // How many, never which.
    const count = `${digits.length} ${digits.length === 1 ? "digit" : "digits"}`;
    const lead = `The caller typed ${count}, ${ENDED[ended]}. `;
    return request(step, walk, digits, lead, { digitCount: digits.length, ended, attempt: walk.attempt });
  }
  const within = ivr === undefined ? "in time" : `within ${ivr.timeoutMs / 1000} s`;
  const text = `No code was typed ${within} (${attemptOf(walk, ivr)}).`;
  return again(step, scene, ivr, "timeout", [
    entry(step, text, { digitCount: 0, ended, attempt: walk.attempt }),
  ]);
}

/** The receiver said NAK: the next attempt, or after the last one the failed branch. */
export function codeRefused(step: WebhookStep, scene: Scene, result: WebhookResult): Move {
  const { walk } = scene;
  const ivr = ivrOf(step, scene);
  const text = `The code is not accepted (${attemptOf(walk, ivr)}), after ${took(result)}: ${accountOf(result)}`;
  const refused = { ...scene, walk: withReturned(walk, result) };
  return again(step, refused, ivr, "incorrect", [
    entry(step, text, { ...dataOf(result), attempt: walk.attempt }),
  ]);
}

/** The message after the last attempt was played, or a key ended it. */
export function lastMessagePlayed(step: WebhookStep, scene: Scene): Move {
  return leave(step, scene.walk, false, [entry(step, "The message was played: failed.")]);
}

/** The caller could not be answered or hears nothing: no code can be asked for. */
export function codeUnheard(step: WebhookStep, scene: Scene, reason: string): Move {
  const what =
    scene.walk.waitingFor === "played"
      ? "Failed, and the message could not be played"
      : "Failed, because no code could be asked for";
  return leave(step, scene.walk, false, [entry(step, `${what}: ${withStop(reason)}`, { mediaFailed: true })]);
}

/** Asks once more, or leaves: by the failed branch, and where the last attempt has a message of its own, after that. */
function again(
  step: WebhookStep,
  scene: Scene,
  ivr: WebhookIvr | undefined,
  cause: Exclude<Cause, "start">,
  before: readonly TraceEntry[],
): Move {
  const { walk } = scene;
  if (ivr !== undefined && walk.attempt < ivr.attempts) return collect(step, scene, ivr, cause, before);
  const own = cause === "incorrect" ? ivr?.incorrectMessage : ivr?.timeoutMessage;
  const { message, gone } = choose(step, scene, [own]);
  const trace = [...before, ...gone];
  if (message === undefined) {
    return leave(step, walk, false, [...trace, entry(step, "That was the last attempt: failed.")]);
  }
  const text = `That was the last attempt: plays "${message}", then the failed branch.`;
  return {
    kind: "ask",
    walk: { ...walk, waitingFor: "played" },
    command: { type: "play", step: step.number, message },
    trace: [...trace, entry(step, text, { message })],
  };
}

/** Plays what there is to play, and waits for a code. */
function collect(
  step: WebhookStep,
  scene: Scene,
  ivr: WebhookIvr,
  cause: Cause,
  before: readonly TraceEntry[],
): Move {
  const { walk } = scene;
  const attempt = walk.attempt + 1;
  const { startMessage, incorrectMessage, timeoutMessage } = ivr;
  // Where a message for a repeat is not set, the start message is played again.
  const own = { start: undefined, incorrect: incorrectMessage, timeout: timeoutMessage }[cause];
  const { message, gone } = choose(step, scene, [own, startMessage]);
  const plays = message === undefined ? "no message is set" : `plays "${message}"`;
  const seconds = ivr.timeoutMs / 1000;
  const text = `Asks for a code, attempt ${attempt} of ${ivr.attempts}: ${plays}, then waits for digits, at most ${seconds} s.`;
  const data = { attempt, attempts: ivr.attempts, ...(message === undefined ? {} : { message }) };
  return {
    kind: "ask",
    walk: { ...walk, attempt, waitingFor: "collected", returned: { destination: "", callerName: "" } },
    command: {
      type: "collect",
      step: step.number,
      message,
      rule: {
        keys: "code",
        timeoutMs: ivr.timeoutMs,
        interDigitMs: INTER_DIGIT_MS,
        length: ivr.codeLength,
      },
    },
    trace: [...before, ...gone, entry(step, text, data)],
  };
}

/** The first of these messages that is set and there; what is set and not there is said. */
function choose(
  step: WebhookStep,
  scene: Scene,
  names: readonly (string | undefined)[],
): { readonly message: string | undefined; readonly gone: readonly TraceEntry[] } {
  const gone: TraceEntry[] = [];
  for (const name of names) {
    if (name === undefined) continue;
    if (scene.directory.audioMessages.has(name)) return { message: name, gone };
    gone.push(entry(step, `There is no audio message "${name}" any more: left out.`));
  }
  return { message: undefined, gone };
}

function ivrOf(step: WebhookStep, scene: Scene): WebhookIvr | undefined {
  return scene.directory.webhooks.get(step.webhook)?.ivr;
}

function attemptOf(walk: Walk, ivr: WebhookIvr | undefined): string {
  return ivr === undefined ? `attempt ${walk.attempt}` : `attempt ${walk.attempt} of ${ivr.attempts}`;
}

const ENDED: Readonly<Record<CollectEnd, string>> = {
  hash: "ended by #",
  silence: `then nothing for ${INTER_DIGIT_MS / 1000} s`,
  length: "the whole code",
  timeout: "when the time was up",
};
