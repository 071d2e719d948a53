import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Bold } from "../editor/bold.tsx";
import { usePlanView } from "../editor/view.ts";
import { useTraffic } from "../state/requests.ts";
import style from "./inspector.module.css";

/** How many calls came to a step in the last seven days, and how many of them were answered there. */
export const StepTraffic = memo(function StepTraffic({ number }: { readonly number: string }) {
  const { t } = useTranslation("plans");
  const { id } = usePlanView();
  const traffic = useTraffic(id);
  if (traffic === undefined) return undefined;
  const { came = 0, answered = 0 } = traffic.steps.get(number) ?? {};
  return (
    <section className={style.traffic}>
      <h3>{t("traffic.title")}</h3>
      {came === 0 ? (
        <p>{t("traffic.none")}</p>
      ) : (
        <>
          <div className={style.bar} aria-hidden="true">
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="presentation">
              <rect width="100" height="8" rx="1.5" className={style.rest} />
              <rect width={(100 * answered) / came} height="8" rx="1.5" className={style.part} />
            </svg>
          </div>
          <p>
            <Bold text={t("traffic.came", { count: came })} />
            {" · "}
            <span className={style.answered}>{t("traffic.answered", { count: answered })}</span>
            {" · "}
            {t("traffic.wentOn", { count: came - answered })}
          </p>
        </>
      )}
    </section>
  );
});
