import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { useWrittenNumber } from "../../lib/phone-number.ts";
import { sessionOptions } from "../../lib/session.ts";
import style from "./home.module.css";
import { Hours } from "./hours.tsx";
import { isRegistered, isTrunkGood, useOverview } from "./use-overview.ts";

/** The overview in big type, for a screen on a wall. */
export function Component() {
  const { t } = useTranslation("home");
  const { t: shell } = useTranslation();
  const session = useQuery(sessionOptions).data;
  const { day, live, phones, trunks } = useOverview();
  const written = useWrittenNumber();
  useEffect(() => {
    document.title = `${t("wallboard")} · Switchhook`;
  }, [t]);
  if (session?.signedIn === false) return <Navigate to="/login?to=%2Fwallboard" replace />;
  return (
    <main className={style["board"]}>
      <h1>{t("wallboard")}</h1>
      <Link to="/">{shell("do.back")}</Link>
      <dl>
        <div data-tone={live.length > 0 ? "good" : undefined}>
          <dd>{live.length}</dd>
          <dt>{t("live.title")}</dt>
        </div>
        <div>
          <dd>{day.all}</dd>
          <dt>{t("today")}</dt>
        </div>
        <div data-tone={day.missed > 0 ? "warn" : undefined}>
          <dd>{day.missed}</dd>
          <dt>{t("missed", { count: day.missed }).replace(/^\d+ /, "")}</dt>
        </div>
        <div>
          <dd>{t("of", { good: phones.filter(isRegistered).length, all: phones.length })}</dd>
          <dt>{t("phones")}</dt>
        </div>
        <div data-tone={trunks.every(isTrunkGood) ? undefined : "bad"}>
          <dd>{t("of", { good: trunks.filter(isTrunkGood).length, all: trunks.length })}</dd>
          <dt>{t("trunks")}</dt>
        </div>
      </dl>
      <Hours hours={day.hours} />
      <ul>
        {live.map(({ id, caller, callerName, called }) => (
          <li key={id}>
            <bdi>
              {t("live.from", {
                caller: callerName === "" ? written(caller) : `${callerName} ${written(caller)}`,
                called: written(called),
              })}
            </bdi>
          </li>
        ))}
      </ul>
    </main>
  );
}
