import { useCallback } from "react";
import type { PlanProblem } from "../../../../../src/dialplan/compile.ts";
import { useDutch } from "../../../i18n/use-dutch.ts";
import { usePlanView } from "./view.ts";

/** The sentence of a problem: the core's own in English, in Dutch by its code and what stands at its place. */
export function useProblemText(): (problem: PlanProblem) => string {
  const dutch = useDutch();
  const { editor } = usePlanView();
  return useCallback(
    ({ code, message, path, step }) => {
      const key = path.at(-1);
      const document = editor.store.get().laid.byNumber.get(step)?.step;
      const value = typeof key === "string" ? document?.[key] : undefined;
      return dutch?.problems[code]?.(typeof value === "string" ? value : "", document) ?? message;
    },
    [dutch, editor],
  );
}
