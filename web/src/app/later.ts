import { useEffect, useState, useSyncExternalStore } from "react";
import { queryClient } from "../lib/query.ts";

// What every page has and none begins with: dialogs. Their program comes when the first page stands and has what it asked for.

/** For a browser that does not say when it has nothing to do (Safari). */
const SOON_MS = 100;

let isQuiet = false;
let isWatched = false;
const listeners = new Set<() => void>();

function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(run);
  else setTimeout(run, SOON_MS);
}

function look(): void {
  if (queryClient.isFetching() > 0) return whenIdle(look);
  isQuiet = true;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!isWatched) whenIdle(look);
  isWatched = true;
  return () => listeners.delete(listener);
}

/** Whether something that the first page can do without shall be there: when it is wanted, and from when the page is at rest. */
export function useLater(isWanted: boolean): boolean {
  return useSyncExternalStore(subscribe, () => isQuiet) || isWanted;
}

/** Of a dialog that was wanted before its program came: it opens once it stands, as only then it remembers what had the focus. */
export function useOpenOnceThere(isOpen: boolean): boolean {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setThere(true));
    return () => cancelAnimationFrame(frame);
  }, []);
  return isOpen && isThere;
}
