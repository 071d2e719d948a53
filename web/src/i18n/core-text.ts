import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { shelfOf } from "./shelf.ts";

// Labels and helps of fields come from the documents' own schemas, in English; here is what they are called in Dutch.

const shelf = shelfOf<Readonly<Record<string, string>>>(() => import("./core-nl.ts"));

/** A text of the core in the language of the interface. */
export function useCoreText(): (text: string) => string {
  const { i18n } = useTranslation();
  const words = useSyncExternalStore(shelf.subscribe, shelf.get);
  if (i18n.language !== "nl") return (text) => text;
  shelf.want();
  return (text) => words?.[text] ?? text;
}
