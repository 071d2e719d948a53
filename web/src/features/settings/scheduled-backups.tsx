import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BackupScheduleAnswer, backupRoutes } from "../../../../src/api/contract/backup.ts";
import { Section } from "../../components/page.tsx";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { dayTime, fileSize } from "../../lib/format.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import style from "./settings.module.css";

const KEY = ["backup", "scheduled"];
/** While one is being made. */
const LOOKED_EVERY_MS = 1000;

/** The backups by the clock: which are there, when the next one is due, and why one was not made. */
export function ScheduledBackups() {
  const { t } = useTranslation("settings");
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api<typeof backupRoutes.scheduled>("backup.scheduled", { signal }),
    refetchInterval: ({ state }) => (state.data?.schedule?.isBeingMade === true ? LOOKED_EVERY_MS : false),
  });
  if (error !== null && data === undefined)
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Section title={t("scheduled.title")}>
      {data?.schedule === null ? (
        <p className={style["hint"]}>
          {t("scheduled.none")} <code>--backup-folder</code>.
        </p>
      ) : undefined}
      {data?.schedule ? <Schedule schedule={data.schedule} /> : undefined}
    </Section>
  );
}

function Schedule({ schedule }: { readonly schedule: BackupScheduleAnswer }) {
  const { t } = useTranslation("settings");
  const whyNot = useWhyNot();
  const toast = useToast();
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () => api<typeof backupRoutes.makeNow>("backup.makeNow", { body: {} }),
    onSuccess: (answer) => client.setQueryData(KEY, answer),
    onError: (error) => toast({ text: whyNot(error), tone: "bad" }),
  });
  const { folder, everyHours, keep, isSealed, isBeingMade, nextAt, lastFailure, items } = schedule;
  return (
    <>
      {lastFailure === null ? undefined : (
        <p className={style["failure"]} role="status">
          {t("scheduled.failed", { time: dayTime(lastFailure.at), why: lastFailure.sentence })}
        </p>
      )}
      <div className={style["above"]}>
        <p>
          {t("scheduled.what", { count: everyHours, keep })}{" "}
          {t(isSealed ? "scheduled.sealed" : "scheduled.open")} <code>{folder}</code>
        </p>
        <Button variant="default" loading={isBeingMade || making.isPending} onClick={() => making.mutate()}>
          {t("scheduled.makeNow")}
        </Button>
      </div>
      <p className={style["hint"]} aria-live="polite">
        {isBeingMade ? t("scheduled.making") : t("scheduled.next", { time: dayTime(nextAt) })}
      </p>
      {items.length === 0 ? <p className={style["hint"]}>{t("scheduled.empty")}</p> : undefined}
      <ul aria-label={t("scheduled.title")}>
        {items.map(({ name, madeAt, bytes, keptUntil }) => (
          <li key={name} className={style["row"]}>
            <span>
              {dayTime(madeAt)}
              <small>{name}</small>
            </span>
            <span>
              {fileSize(bytes)}
              <small>
                {keptUntil === null
                  ? t("scheduled.byHand", { keep })
                  : t("scheduled.keptUntil", { time: dayTime(keptUntil) })}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
