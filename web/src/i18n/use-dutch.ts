import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Dutch } from "./dutch.ts";

const shelf: { dutch: Dutch | undefined; isAsked: boolean } = { dutch: undefined, isAsked: false };
const listeners = new Set<() => void>();

/** Fetches the Dutch sentences, once; begun as soon as the language is known. */
export function fetchDutch(): void {
  if (shelf.isAsked) return;
  shelf.isAsked = true;
  void import("./dutch.ts").then(({ default: dutch }) => {
    shelf.dutch = dutch;
    for (const listener of listeners) listener();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The Dutch of what the core says, fetched when somebody reads Dutch; until it is there, and in English, undefined. */
export function useDutch(): Dutch | undefined {
  const { i18n } = useTranslation();
  const isDutch = i18n.language === "nl";
  const loaded = useSyncExternalStore(subscribe, () => shelf.dutch);
  if (!isDutch) return undefined;
  fetchDutch();
  return loaded;
}
