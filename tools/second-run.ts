// Which test files run a second time, and until when (ADR 0052, 0132, 0135).

/** More failed files than these are no accident of the machine. */
const MOST_FAILED = 6;
/** CI ends a run after 30 minutes. */
const LATEST_END_MS = 28 * 60_000;
/** Alone a file takes this part of what it took beside others, or less. */
const ALONE = 0.6;

interface FailedFile {
  readonly suite: { readonly realTime?: true };
  readonly elapsedMs: number;
}

/** Of the files that failed those that run once more, the shortest first. `asked`: SWITCHHOOK_TEST_RETRY; "0": none. */
export function filesToRepeat<F extends FailedFile>(
  failed: readonly F[],
  asked: string | undefined,
): readonly F[] {
  if (asked === "0" || failed.length > MOST_FAILED) return [];
  return failed
    .filter(({ suite }) => suite.realTime === true)
    .toSorted((one, other) => one.elapsedMs - other.elapsedMs);
}

/**
 * How long a second run may take that begins so long after the whole run did; undefined: there is no time for what took
 * `firstMs` the first time.
 */
export function secondRunLimitMs(elapsedMs: number, timeoutMs: number, firstMs: number): number | undefined {
  const leftMs = LATEST_END_MS - elapsedMs;
  return ALONE * firstMs > leftMs ? undefined : Math.min(timeoutMs, leftMs);
}
