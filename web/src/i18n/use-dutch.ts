import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Dutch } from "./dutch.ts";
import { shelfOf } from "./shelf.ts";

const shelf = shelfOf<Dutch>(() => import("./dutch.ts"));

/** Fetches the Dutch sentences, once; begun as soon as the language is known. */
export const fetchDutch = shelf.want;

/** The Dutch of what the core says, fetched when somebody reads Dutch; until it is there, and in English, undefined. */
export function useDutch(): Dutch | undefined {
  const { i18n } = useTranslation();
  const isDutch = i18n.language === "nl";
  const loaded = useSyncExternalStore(shelf.subscribe, shelf.get);
  if (!isDutch) return undefined;
  fetchDutch();
  return loaded;
}
