import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

// Labels and helps of fields come from the documents' own schemas, in English; here is what they are called in Dutch.

let dutch: Readonly<Record<string, string>> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function loadDutch(): Promise<void> {
  const { default: loaded } = await import("./core-nl.ts");
  dutch = loaded;
  for (const listener of listeners) listener();
}

/** A text of the core in the language of the interface. */
export function useCoreText(): (text: string) => string {
  const { i18n } = useTranslation();
  const words = useSyncExternalStore(subscribe, () => dutch);
  if (i18n.language !== "nl") return (text) => text;
  if (words === undefined) void loadDutch();
  return (text) => words?.[text] ?? text;
}
