import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DocumentProblem } from "../lib/api-error.ts";
import style from "./problem-list.module.css";

/** What is wrong with a document, each with what puts it right where that is known. */
export function ProblemList({
  problems,
  tone = "bad",
  onUse,
  onShow,
}: {
  readonly problems: readonly DocumentProblem[];
  readonly tone?: "bad" | "warn";
  readonly onUse?: (problem: DocumentProblem) => void;
  /** Leads to the place of the problem. */
  readonly onShow?: (problem: DocumentProblem) => void;
}) {
  const { t } = useTranslation();
  if (problems.length === 0) return undefined;
  return (
    <div role={tone === "bad" ? "alert" : undefined}>
      <ul className={style["list"]} data-tone={tone}>
        {problems.map((problem) => (
          <li key={`${problem.pointer} ${problem.code} ${problem.message}`}>
            <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />
            <span>
              {onShow === undefined ? (
                problem.message
              ) : (
                <button type="button" className={style["show"]} onClick={() => onShow(problem)}>
                  {problem.message}
                </button>
              )}
              {problem.suggestion === undefined || onUse === undefined ? undefined : (
                <Button
                  size="xs"
                  variant="default"
                  className={style["use"] ?? ""}
                  onClick={() => onUse(problem)}
                >
                  {t("problems.didYouMean", { value: problem.suggestion.with })}
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
