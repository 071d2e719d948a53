// When a test file is not waited for any more (ADR 0132, 0135).

import { seconds } from "./run.ts";

/** After the last test: time for the file's hooks to end what the tests started. */
const ENDING_MS = 5_000;
/**
 * The same where browsers and servers have to end, on a machine that is busy with other tests. A file that has failed tests is
 * not waited for so long: what they left open is open because they failed, and who looks for the failure waits.
 */
const ENDING_OF_PROGRAMS_MS = 45_000;

/** A file whose tests end one after the other may take so many times as long as it may go without one. */
const LONGEST = 3;

/** What is known of a file that has not ended. */
interface Unended {
  /** Every test that has begun is over. */
  readonly over: boolean;
  readonly failed: number;
}

/**
 * Why it is stopped: something was left open that nobody ends any more, or no test ends; undefined: it goes on. A slow machine has
 * every file take longer, but tests end. `file`: undefined while none of its tests is over; `limitMs`: its suite's;
 * `silentMs`: since a test was over, or it began.
 */
export function whyStopped(
  file: Unended | undefined,
  { realTime, limitMs }: { readonly realTime: boolean; readonly limitMs: number },
  silentMs: number,
): string | undefined {
  if (file?.over === true) {
    const endingMs = realTime && file.failed === 0 ? ENDING_OF_PROGRAMS_MS : ENDING_MS;
    if (silentMs > endingMs) return "its tests were over, but something they left open kept it from ending";
  }
  return silentMs > limitMs ? `no test was over for ${seconds(limitMs)}` : undefined;
}

/** So long a file may take, however many tests it has. `limitMs`: its suite's. */
export function longestMs(limitMs: number): number {
  return LONGEST * limitMs;
}
