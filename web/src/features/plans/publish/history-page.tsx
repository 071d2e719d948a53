import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Page, PageHead } from "../../../components/page.tsx";
import { ErrorState, PageSkeleton } from "../../../components/states.tsx";
import { StatusBadge } from "../../../components/status-badge.tsx";
import { useToast } from "../../../components/toast.tsx";
import { dayTime } from "../../../lib/format.ts";
import { useMaySave } from "../../../lib/session.ts";
import { useWhyNot } from "../../../lib/use-why-not.ts";
import { directoryOf } from "../state/directory.ts";
import {
  restoreVersion,
  usePlan,
  useThings,
  useVersion,
  useVersions,
  type VersionRow,
} from "../state/requests.ts";
import { differences } from "../tree/difference.ts";
import { DifferenceList } from "./difference-list.tsx";
import style from "./publish.module.css";

/** Who published what, when and why; each version can be looked at and brought back. */
export function Component() {
  const { t } = useTranslation("plans");
  const { t: shell } = useTranslation();
  const { id = "" } = useParams();
  const plan = usePlan(id);
  const versions = useVersions(id);
  const error = versions.error ?? plan.error;
  const name = plan.data?.document.name ?? "";
  const head = (
    <PageHead crumb={{ to: `/plans/${id}`, label: name }} title={t("history.title", { plan: name })} />
  );
  if (error !== null) {
    return (
      <Page head={head}>
        <ErrorState
          error={error}
          onRetry={() => {
            if (versions.error !== null) void versions.refetch();
            if (plan.error !== null) void plan.refetch();
          }}
        />
      </Page>
    );
  }
  if (versions.data === undefined || plan.data === undefined) return <PageSkeleton />;
  const read = versions.data.pages.flatMap(({ items }) => items);
  // The last one that was read is shown with those before it, from which it differs.
  const items = versions.hasNextPage ? read.slice(0, -1) : read;
  return (
    <Page head={head}>
      {items.length === 0 ? <p className={style.none}>{t("history.nothing")}</p> : undefined}
      <ol className={style.versions} reversed>
        {items.map((row, index) => (
          <Version
            key={row.version}
            id={id}
            row={row}
            before={read[index + 1]?.version}
            isLive={index === 0}
          />
        ))}
      </ol>
      {versions.hasNextPage ? (
        <Button
          variant="default"
          loading={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          {shell("do.showMore")}
        </Button>
      ) : undefined}
    </Page>
  );
}

function Version({
  id,
  row,
  before,
  isLive,
}: {
  readonly id: string;
  readonly row: VersionRow;
  /** The version before this one. */
  readonly before: number | undefined;
  readonly isLive: boolean;
}) {
  const { t } = useTranslation("plans");
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const toast = useToast();
  const canEdit = useMaySave("plan");
  const [isOpen, setOpen] = useState(false);
  const [isSending, setSending] = useState(false);
  const { version, note = "", publishedBy = "", publishedAt } = row;
  const at = dayTime(publishedAt);
  const restore = async (): Promise<void> => {
    setSending(true);
    try {
      const { version: now } = await restoreVersion(id, version, t("history.version", { version }));
      await client.invalidateQueries({ queryKey: ["plan"] });
      toast({ text: t("history.restored", { version, now }), tone: "good" });
    } catch (error) {
      toast({ text: t("plans.failed", { why: whyNot(error) }), tone: "bad" });
    } finally {
      setSending(false);
    }
  };
  return (
    <li className={style.version}>
      <div className={style.versionHead}>
        <strong>{t("history.version", { version })}</strong>
        {isLive ? <StatusBadge tone="good">{t("history.live")}</StatusBadge> : undefined}
        <span className={style.who}>{t("history.by", { by: publishedBy, at })}</span>
        <span className={style.versionButtons}>
          <Button component={Link} to={`/plans/${id}/versions/${version}`} variant="subtle" size="xs">
            {t("history.show")}
          </Button>
          {isLive || !canEdit ? undefined : (
            <Button variant="default" size="xs" loading={isSending} onClick={() => void restore()}>
              {t("history.restore")}
            </Button>
          )}
        </span>
      </div>
      {note === "" ? undefined : <p className={style.note}>{note}</p>}
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{t("history.difference")}</summary>
        <div>{isOpen ? <Changes id={id} version={version} before={before} /> : undefined}</div>
      </details>
    </li>
  );
}

function Changes({
  id,
  version,
  before,
}: {
  readonly id: string;
  readonly version: number;
  readonly before: number | undefined;
}) {
  const { t } = useTranslation("plans");
  const now = useVersion(id, version);
  const was = useVersion(id, before);
  const things = useThings();
  if (before === undefined) return <p className={style.none}>{t("history.first")}</p>;
  const error = now.error ?? was.error ?? things.error;
  if (error !== null) {
    const retry = (): void => {
      for (const one of [now, was]) if (one.error !== null) void one.refetch();
      things.retry();
    };
    return <ErrorState error={error} onRetry={retry} />;
  }
  if (now.data === undefined || was.data === undefined || things.data === undefined) return <PageSkeleton />;
  return (
    <DifferenceList
      differences={differences(was.data.document, now.data.document)}
      directory={directoryOf(things.data)}
    />
  );
}
