// Which test files run a second time, and until when (ADR 0052).

/** More failed files than these are no accident of the machine. */
const MOST_FAILED = 6;
/** CI ends a run after 30 minutes, and the check before the tests takes some of them. */
const LATEST_START_MS = 26 * 60_000;
const LATEST_END_MS = 28 * 60_000;

interface FailedFile {
  readonly suite: { readonly realTime?: true };
}

/** Of the files that failed those that run once more. `asked`: SWITCHHOOK_TEST_RETRY; "0": none. */
export function filesToRepeat<F extends FailedFile>(
  failed: readonly F[],
  asked: string | undefined,
): readonly F[] {
  if (asked === "0" || failed.length > MOST_FAILED) return [];
  return failed.filter(({ suite }) => suite.realTime === true);
}

/** How long a second run may take that begins so long after the first test; undefined: it is too late for one. */
export function secondRunLimitMs(elapsedMs: number, timeoutMs: number): number | undefined {
  return elapsedMs > LATEST_START_MS ? undefined : Math.min(timeoutMs, LATEST_END_MS - elapsedMs);
}
