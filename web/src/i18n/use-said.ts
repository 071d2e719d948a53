import { useCallback } from "react";
import type { SaidArgs } from "../../../src/lib/said.ts";
import { useDutch } from "./use-dutch.ts";

/** What the core says: older records, and words that are somebody else's, have no code. */
export interface Sayable {
  readonly text: string;
  readonly code?: string | undefined;
  readonly args?: SaidArgs | undefined;
}

/** A sentence of the core: its own words in English, in Dutch made of its code and arguments. */
export function useSaid(): (said: Sayable) => string {
  const dutch = useDutch();
  return useCallback(
    ({ code, text, args = {} }) => (code === undefined ? undefined : dutch?.inDutch(code, args)) ?? text,
    [dutch],
  );
}
