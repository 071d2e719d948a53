import { sentenceTable } from "../dialplan/reference.ts";
import type { TraceArgs } from "../dialplan/trace.ts";
import { type ArgsOf, type Said, speechOf, type Why, type Words, wordsOf } from "../lib/said.ts";
import { capital, withStop } from "../lib/sentence.ts";

interface Because {
  /** A sentence or its beginning, from somebody who knows more. */
  readonly why: Why;
}

interface Side {
  readonly side: "caller" | "called";
}

interface Login extends Because {
  /** As the guard of credentials names it: `wrongCredentials`, `blocked` … */
  readonly cause: string;
  /** `Did you mean 201?`, or empty. */
  readonly meant: Why;
}

interface Stepped {
  /** The ringing step, in words: `step 1.2 (Phone 215)`. */
  readonly step: string;
}

interface Mishap extends Because {
  readonly step: string;
  readonly label: string;
  /** What the plan decided there. */
  readonly cause: Why;
}

/** A sentence that ends a list's line; an account of a reply may quote much. */
const LONGEST_CAUSE = 400;

const sideText = ({ side }: Side): string => (side === "caller" ? "the caller's side" : "the called side");

/** Why calls end, and why some are refused at once: each a sentence without its stop, begun in lower case. */
export const endWords = {
  "end.callerHungUp": () => "the caller hung up",
  "end.calledHungUp": () => "the called party hung up",
  "end.callerGaveUp": () => "the caller hung up before anybody answered",
  "end.answeredElsewhere": () => "the call was answered elsewhere",
  "end.callerNotReached": ({ why }: Because) => wordsOf(why),
  "end.planEnded": ({ why, step, tried }: Because & { readonly step: string; readonly tried: Why }) =>
    tried === "" ? wordsOf(why) : `${wordsOf(why)} Last tried: ${step}; ${wordsOf(tried)}.`,
  "end.lost": ({ side, why }: Side & Because) => `${sideText({ side })} was lost: ${wordsOf(why)}`,
  "end.silent": ({ side, seconds }: Side & { readonly seconds: number }) =>
    `no sound has come from ${sideText({ side })} for ${seconds} s`,
  "end.soundLost": ({ why }: Because) => wordsOf(why),
  "end.noAnswerInAck": () => "the caller answered our offer with no SDP in its ACK",
  "end.tooLong": ({ minutes }: { readonly minutes: number }) =>
    `a call may last ${minutes} minutes at the most`,
  "end.stopped": () => "the switchboard was stopped",
  "end.isUp": () => "the call is up",
  "end.cut": () => "the switchboard stopped while the call was up",
  "end.answered": ({ step }: Stepped) => `${step} was answered`,
  "end.afterAnswer": ({ step, why }: Stepped & Because) => `${step} was answered; ${wordsOf(why)}`,
  "end.afterMishap": ({ step, label, cause, why }: Mishap) => {
    const said = `Step ${step}, ${label}: ${wordsOf(cause)}`;
    const short = said.length > LONGEST_CAUSE ? `${said.slice(0, LONGEST_CAUSE - 3)}...` : said;
    return `${withStop(short)} ${withStop(capital(wordsOf(why)))}`;
  },
  "refused.calledNotSaid": ({ where, trunk }: { readonly where: string; readonly trunk: string }) =>
    `${where} does not say who was called, as calledNumberFrom of trunk "${trunk}" expects it`,
  "refused.notUnderstood": ({ why }: Because) => wordsOf(why),
  "refused.notAllowed": ({ why }: Because & { readonly refused: string }) => wordsOf(why),
  "refused.notOurs": ({ number }: { readonly number: string }) =>
    `${number} is not a number of this installation; add it under "numbers"`,
  "refused.noPlan": ({ number }: { readonly number: string }) =>
    `${number} has no dial plan; give it one under "numbers"`,
  "refused.circles": ({ times }: { readonly times: number }) =>
    `the call has been diverted ${times} times already: it goes in circles`,
  "refused.stranger": ({ address }: { readonly address: string }) =>
    `${address} is neither a trunk nor a phone that logged in; if it is your trunk, list ${address} under its "acceptFrom"`,
  "refused.login": ({ why, meant }: Login) =>
    // After the first sentence, which says that there is no such phone.
    meant === "" ? wordsOf(why) : wordsOf(why).replace(/\. (?=[A-Z])/, `. ${wordsOf(meant)} `),
  "refused.rest": ({ most }: { readonly most: number }) =>
    `an hour has at most ${most} rows for what strangers try; this one counts the rest`,
} as const satisfies Words;

export type EndCode = keyof typeof endWords;

/** `docs/reference/endings.md`. */
export function endingsReference(): string {
  return `# Why calls end

The last event of a call's story says why it ended, or why it was refused at once: by code and arguments, and in English.
Arguments are shown in braces; where a sentence has several forms, one of them stands here. This page is made from
\`src/model/end-words.ts\`.

${sentenceTable(Object.entries(endWords))}`;
}

/** Why a call ended: code and arguments, and the same in English. */
export interface EndReason {
  readonly code: EndCode;
  readonly args: TraceArgs;
  readonly reason: string;
}

/** A reason as an argument of another one. */
export function asWhy({ code, args, reason }: EndReason): Said {
  return { code, args, text: reason };
}

/** Makes a reason of its code and arguments. */
export function endReason<Code extends EndCode>(
  code: Code,
  args: ArgsOf<(typeof endWords)[Code]>,
): EndReason {
  return { code, args, reason: speechOf(endWords, code, args) };
}
