// When a test file whose tests are over counts as one that does not end (ADR 0132).

/** After the last test: time for the file's hooks to end what the tests started. */
const ENDING_MS = 5_000;
/**
 * The same where browsers and servers have to end, on a machine that is busy with other tests. A file that has failed tests is
 * not waited for so long: what they left open is open because they failed, and who looks for the failure waits.
 */
const ENDING_OF_PROGRAMS_MS = 45_000;

/** What is known of a file that has not ended. */
interface Unended {
  /** Every test that has begun is over. */
  readonly over: boolean;
  readonly failed: number;
}

/** Whether something was left open that nobody ends any more. `quietMs`: since the last test was over. */
export function isStuck({ over, failed }: Unended, realTime: boolean, quietMs: number): boolean {
  return over && quietMs > (realTime && failed === 0 ? ENDING_OF_PROGRAMS_MS : ENDING_MS);
}
