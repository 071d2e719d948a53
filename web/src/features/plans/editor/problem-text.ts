import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { PlanProblem } from "../../../../../src/dialplan/compile.ts";

/** The sentence of a problem: the core's own in English; in another language by its code, where that has one. */
export function useProblemText(): (problem: PlanProblem) => string {
  const { t, i18n } = useTranslation("plans");
  const isEnglish = i18n.language === "en";
  return useCallback(
    (problem) =>
      isEnglish
        ? problem.message
        : t(`problem.${problem.code}` as "step", { defaultValue: problem.message, number: problem.step }),
    [t, isEnglish],
  );
}
