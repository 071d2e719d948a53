import { useCallback } from "react";
import type { TraceEntry } from "../../../../../src/dialplan/trace.ts";
import { useDutch } from "../../../i18n/use-dutch.ts";

/** The sentence of a decision: the core's own in English, in Dutch made of its code and arguments. */
export function useSentence(): (entry: TraceEntry) => string {
  const dutch = useDutch();
  return useCallback(
    ({ code, text, args = {} }) => (code === undefined ? undefined : dutch?.inDutch(code, args)) ?? text,
    [dutch],
  );
}
