import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

type Dutch = typeof import("../../../i18n/dialplan-nl.ts");

let dutch: Dutch | undefined;
let loading: Promise<void> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The Dutch of what the dial plan says, fetched when somebody reads Dutch; until it is there, and in English, undefined. */
export function useDutch(): Dutch | undefined {
  const { i18n } = useTranslation("plans");
  const isDutch = i18n.language === "nl";
  const loaded = useSyncExternalStore(subscribe, () => dutch);
  if (!isDutch) return undefined;
  loading ??= import("../../../i18n/dialplan-nl.ts").then((module) => {
    dutch = module;
    for (const listener of listeners) listener();
  });
  return loaded;
}
