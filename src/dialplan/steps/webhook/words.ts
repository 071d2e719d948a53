import { type Why, wordFor, wordsOf } from "../../../lib/said.ts";
import { withStop } from "../../../lib/sentence.ts";
import type { CollectEnd } from "../../outcome.ts";
import type { Weights } from "../step.ts";

/** Silence after a digit that completes a code (webhook.md, IVR). */
export const INTER_DIGIT_MS = 3_000;

interface Named {
  readonly webhook: string;
}

interface Typed extends Named {
  /** How many, never which. */
  readonly digitCount: number;
  readonly ended: CollectEnd;
  readonly attempt: number;
}

interface Replied {
  readonly verdict: string;
  /** Whole. */
  readonly elapsedMs: number;
  /** HTTP, where a reply came. */
  readonly status?: number;
  /** Why the verdict is `error`, as a code. */
  readonly failure?: string;
  /** What was understood of the reply, or why there is none (../../reply-said.ts); records of older releases have words alone. */
  readonly account: Why;
  /** It was understood, and should be written otherwise (`notesSaid`); records of older releases have words alone. */
  readonly warnings?: Why | undefined;
}

interface Attempt {
  readonly attempt: number;
  /** Undefined where the webhook has lost its IVR meanwhile. */
  readonly attempts: number | undefined;
}

interface Asks extends Attempt {
  /** Undefined: none is set. */
  readonly message: string | undefined;
  readonly timeoutSeconds: number;
}

/** The sentences of a webhook step. */
export const webhookWords = {
  "webhook.gone": ({ webhook }: Named) => `There is no webhook "${webhook}" any more: failed.`,
  "webhook.asks": ({ webhook }: Named) => `Asks the webhook "${webhook}".`,
  "webhook.asksWithCode": ({ webhook, digitCount, ended }: Typed) =>
    `The caller typed ${digitCount} ${digitCount === 1 ? "digit" : "digits"}, ${wordFor(ENDED, ended)}. Asks the webhook "${webhook}".`,
  "webhook.successful": (args: Replied) => `Successful after ${took(args)}: ${accountOf(args)}`,
  "webhook.failed": (args: Replied) => `Failed after ${took(args)}: ${accountOf(args)}`,
  "webhook.codeRefused": (args: Replied & Attempt) =>
    `The code is not accepted (${attemptOf(args)}), after ${took(args)}: ${accountOf(args)}`,
  "webhook.asksForCode": ({ attempt, attempts, message, timeoutSeconds }: Asks) => {
    const plays = message === undefined ? "no message is set" : `plays "${message}"`;
    return `Asks for a code, attempt ${attempt} of ${attempts}: ${plays}, then waits for digits, at most ${timeoutSeconds} s.`;
  },
  "webhook.noCode": (args: Attempt & { readonly timeoutSeconds: number | undefined }) => {
    const within = args.timeoutSeconds === undefined ? "in time" : `within ${args.timeoutSeconds} s`;
    return `No code was typed ${within} (${attemptOf(args)}).`;
  },
  "webhook.lastAttempt": () => "That was the last attempt: failed.",
  "webhook.lastAttemptMessage": ({ message }: { readonly message: string }) =>
    `That was the last attempt: plays "${message}", then the failed branch.`,
  "webhook.lastMessagePlayed": () => "The message was played: failed.",
  "webhook.lastMessageFailed": ({ reason }: { readonly reason: Why }) =>
    `Failed, and the message could not be played: ${withStop(wordsOf(reason))}`,
  "webhook.codeUnheard": ({ reason }: { readonly reason: Why }) =>
    `Failed, because no code could be asked for: ${withStop(wordsOf(reason))}`,
  "webhook.messageGone": ({ message }: { readonly message: string }) =>
    `There is no audio message "${message}" any more: left out.`,
};

export const webhookWeights = {
  "webhook.gone": "mishap",
  "webhook.failed": "mishap",
  "webhook.noCode": "mishap",
  "webhook.codeRefused": "mishap",
  "webhook.codeUnheard": "mishap",
  "webhook.successful": "service",
} as const satisfies Weights<typeof webhookWords>;

function took({ elapsedMs }: Pick<Replied, "elapsedMs">): string {
  return `${elapsedMs} ms`;
}

function accountOf({ account, warnings }: Pick<Replied, "account" | "warnings">): string {
  const words = withStop(wordsOf(account));
  return warnings === undefined ? words : `${words} ${wordsOf(warnings)}`;
}

function attemptOf({ attempt, attempts }: Attempt): string {
  return attempts === undefined ? `attempt ${attempt}` : `attempt ${attempt} of ${attempts}`;
}

const ENDED: Readonly<Record<CollectEnd, string>> = {
  hash: "ended by #",
  silence: `then nothing for ${INTER_DIGIT_MS / 1000} s`,
  length: "the whole code",
  timeout: "when the time was up",
};
