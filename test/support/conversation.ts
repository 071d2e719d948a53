import { hearsTone } from "./heard-prompts.ts";
import { tone } from "./recording.ts";
import type { SpeakingParty } from "./speaking-party.ts";

/** What the two say, in Hz. */
export const CALLERS_TONE = 440;
export const PHONES_TONE = 700;

/** The two of a call speak, each its tone, for up to two minutes; waits until each has heard the other for `ms`, or says what each knows. */
export async function converse(caller: SpeakingParty, phone: SpeakingParty, ms = 500): Promise<void> {
  caller.say(tone(CALLERS_TONE, 118_000));
  phone.say(tone(PHONES_TONE, 118_000));
  const heard = Promise.all([
    hearsTone(() => caller.heard(), PHONES_TONE, ms),
    hearsTone(() => phone.heard(), CALLERS_TONE, ms),
  ]);
  await heard.catch((error: Error) => {
    throw new Error(`${error.message}\nThe caller ${caller.account()}\nThe phone ${phone.account()}`);
  });
}
