import { useState } from "react";

/** What of the list's query is needed. */
interface Pages {
  readonly isFetching: boolean;
  readonly isFetchNextPageError: boolean;
  fetchNextPage(): Promise<{ readonly isFetchNextPageError: boolean; readonly error: Error | null }>;
}

/**
 * Older calls are asked for as somebody nears the end of the list, and, once they were refused, by a person alone: the newest are asked
 * for with each call meanwhile, which knows nothing of that. `of`: the list, by its filters.
 */
export function useOlder(list: Pages, of: string) {
  const [refused, setRefused] = useState<{ readonly of: string; readonly error: Error }>();
  const error = refused?.of === of ? refused.error : undefined;
  const ask = async (): Promise<void> => {
    const answer = await list.fetchNextPage();
    setRefused(
      answer.isFetchNextPageError && answer.error !== null ? { of, error: answer.error } : undefined,
    );
  };
  return {
    error,
    ask: () => void ask(),
    onNear: () => {
      if (!list.isFetching && !list.isFetchNextPageError && error === undefined) void ask();
    },
  };
}
