import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { OfflineBanner } from "../../components/offline-banner.tsx";
import { ErrorState } from "../../components/states.tsx";
import { ApiError } from "../../lib/api-error.ts";
import { dayTime } from "../../lib/format.ts";
import { useHome } from "../../lib/home.ts";
import { useLive } from "../../lib/live/live.ts";
import { useWrittenNumber } from "../../lib/phone-number.ts";
import { sessionOptions } from "../../lib/session.ts";
import style from "./home.module.css";
import { Hours } from "./hours.tsx";
import { useOverview } from "./use-overview.ts";

/** What other things say by themselves: the server is away, the session is over. */
const SAID_ELSEWHERE: readonly number[] = [0, 401];

/** The overview in big type, for a screen on a wall. */
export function Component() {
  const { t } = useTranslation("home");
  const { t: shell } = useTranslation();
  const session = useQuery(sessionOptions).data;
  const { day, live, home } = useOverview();
  // Asked by the clock, whatever events tell: how old the figures are, and whether there is something wrong with them.
  const { error, dataUpdatedAt: at, refetch } = useHome();
  useLive();
  const written = useWrittenNumber();
  useEffect(() => {
    document.title = `${t("wallboard")} · Switchhook`;
  }, [t]);
  if (session?.signedIn === false) return <Navigate to="/login?to=%2Fwallboard" replace />;
  const callsNow = home?.callsNow ?? live.length;
  const isBroken = error !== null && !(error instanceof ApiError && SAID_ELSEWHERE.includes(error.status));
  return (
    <main>
      <OfflineBanner text={at === 0 ? undefined : t("boardOffline", { time: dayTime(at) })} />
      {isBroken ? <ErrorState error={error} onRetry={() => void refetch()} /> : undefined}
      <div className={style["board"]}>
        <h1>{t("wallboard")}</h1>
        <Link to="/">{shell("do.back")}</Link>
        <dl>
          <div data-tone={callsNow > 0 ? "good" : undefined}>
            <dd>{callsNow}</dd>
            <dt>{t("live.title")}</dt>
          </div>
          <div>
            <dd>{day.all}</dd>
            <dt>{t("today")}</dt>
          </div>
          <div data-tone={day.missed > 0 ? "warn" : undefined}>
            <dd>{day.missed}</dd>
            <dt>{t("missedTitle")}</dt>
          </div>
          <div>
            <dd>{t("of", { good: home?.phones.registered ?? 0, all: home?.phones.all ?? 0 })}</dd>
            <dt>{t("phones")}</dt>
          </div>
          <div data-tone={home === undefined || home.trunks.up === home.trunks.all ? undefined : "bad"}>
            <dd>{t("of", { good: home?.trunks.up ?? 0, all: home?.trunks.all ?? 0 })}</dd>
            <dt>{t("trunks")}</dt>
          </div>
        </dl>
        <Hours hours={day.hours} />
        <ul>
          {live.map(({ id, caller, callerName, called }) => (
            <li key={id}>
              <bdi>
                {t("live.from", {
                  caller: [callerName, written(caller) || shell("anonymous")].filter(Boolean).join(" "),
                  called: written(called),
                })}
              </bdi>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
