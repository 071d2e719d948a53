import { Button } from "@mantine/core";
import { IconDeviceTv, IconPhoneCall } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { CallNow } from "../../components/call-now.tsx";
import { Page, PageHead, Section } from "../../components/page.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { ErrorState } from "../../components/states.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Tile } from "../../components/tile.tsx";
import { RESULT_TONES } from "../../lib/call-results.ts";
import { dayTime } from "../../lib/format.ts";
import { inOneLine, useWrittenNumber } from "../../lib/phone-number.ts";
import { Checklist } from "./checklist.tsx";
import style from "./home.module.css";
import { Hours } from "./hours.tsx";
import { Needs } from "./needs.tsx";
import { isLoaded, type LoadedOverview, type Overview, useOverview } from "./use-overview.ts";

/** What happens now, and what needs somebody. */
export function Component() {
  const { t } = useTranslation("home");
  const overview = useOverview();
  return (
    <Page
      head={
        <PageHead
          title={t("title")}
          actions={
            <>
              <CallNow isNamed />
              <Button
                component={Link}
                to="/wallboard"
                variant="default"
                leftSection={<IconDeviceTv size={16} aria-hidden="true" />}
              >
                {t("wallboard")}
              </Button>
            </>
          }
        />
      }
    >
      {overview.error === null || isLoaded(overview) ? undefined : (
        <ErrorState error={overview.error} onRetry={overview.retry} />
      )}
      {isLoaded(overview) ? <Facts overview={overview} /> : undefined}
    </Page>
  );
}

function Facts({ overview }: { readonly overview: LoadedOverview }) {
  const { t } = useTranslation("home");
  const { day, live, last, home } = overview;
  const callsNow = home.callsNow ?? live.length;
  return (
    <>
      <dl className={style["facts"]}>
        <div>
          <dt>{t("live.title")}</dt>
          <dd data-tone={callsNow > 0 ? "good" : undefined}>{callsNow}</dd>
        </div>
        <div className={style["wide"]}>
          <dt>{t("today")}</dt>
          <dd>
            {day.all}
            <small>
              {t("answered", { count: day.answered })} · {t("missed", { count: day.missed })} ·{" "}
              {t("failed", { count: day.failed })}
            </small>
            <Hours hours={day.hours} />
          </dd>
        </div>
        <div>
          <dt>{t("phones")}</dt>
          <dd>
            {t("of", { good: home.phones.registered, all: home.phones.all })}
            <small>{t("registered")}</small>
          </dd>
        </div>
        <div>
          <dt>{t("trunks")}</dt>
          <dd>
            {t("of", { good: home.trunks.up, all: home.trunks.all })}
            <small>{t("ready")}</small>
          </dd>
        </div>
      </dl>
      <Checklist overview={overview} />
      <Needs overview={overview} />
      {live.length > 0 ? <Calls title={t("live.title")} calls={live} /> : undefined}
      {last.length > 0 ? <Calls title={t("last")} calls={last} /> : undefined}
    </>
  );
}

function Calls({ title, calls }: { readonly title: string; readonly calls: Overview["live"] }) {
  const { t } = useTranslation("home");
  const { t: shell } = useTranslation();
  const written = useWrittenNumber();
  const whole = (number: string): string => inOneLine(written(number));
  return (
    <Section title={title}>
      <Rows label={title}>
        {calls.map(({ id, caller, callerName, called, result, startedAt }) => (
          <Row
            key={id}
            to={`/calls/${encodeURIComponent(id)}`}
            tile={<Tile icon={IconPhoneCall} tone={result === "ongoing" ? "good" : "neutral"} />}
            title={
              <bdi>
                {t("live.from", {
                  caller: [callerName, whole(caller) || shell("anonymous")].filter(Boolean).join(" "),
                  called: whole(called),
                })}
              </bdi>
            }
            detail={dayTime(startedAt)}
            state={<StatusBadge tone={RESULT_TONES[result]}>{shell(`result.${result}`)}</StatusBadge>}
          />
        ))}
      </Rows>
    </Section>
  );
}
