import { useTranslation } from "react-i18next";
import { useDutch } from "../../../i18n/use-dutch.ts";
import type { Simulated } from "./run.ts";
import style from "./simulate.module.css";

/** What becomes of the call, before everything else. */
export function Verdict({ result }: { readonly result: Simulated | undefined }) {
  const { t } = useTranslation("plans");
  const dutch = useDutch();
  if (result === undefined) {
    return (
      <output className={style.verdict} data-tone="warn">
        <strong>{t("simulate.problems")}</strong>
        <span>{t("simulate.problemsHint")}</span>
      </output>
    );
  }
  const { answeredBy, reason, ended } = result;
  return (
    <output className={style.verdict} data-tone={answeredBy === undefined ? "bad" : "good"}>
      <strong>
        {answeredBy === undefined ? t("simulate.nobody") : t("simulate.answered", { who: answeredBy })}
      </strong>
      <span>{dutch === undefined ? reason : ended && dutch.endOf(ended)}</span>
    </output>
  );
}
