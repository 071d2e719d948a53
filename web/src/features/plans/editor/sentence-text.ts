import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { TraceEntry } from "../../../../../src/dialplan/trace.ts";

/** The sentence of a decision: the core's own in English; in another language made of its code and arguments. */
export function useSentence(): (entry: TraceEntry) => string {
  const { t, i18n } = useTranslation("plans");
  const isEnglish = i18n.language === "en";
  return useCallback(
    ({ code, text, args }) =>
      isEnglish || code === undefined
        ? text
        : t(`told.${code.replace(".", "_")}` as "step", { defaultValue: text, number: "", ...args }),
    [t, isEnglish],
  );
}
