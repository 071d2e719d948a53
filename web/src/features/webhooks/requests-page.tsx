import { Button } from "@mantine/core";
import { IconWebhook } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { overviewRoutes } from "../../../../src/api/contract/overview.ts";
import { Page, PageHead } from "../../components/page.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Empty, ErrorState } from "../../components/states.tsx";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Tile } from "../../components/tile.tsx";
import { useDutch } from "../../i18n/use-dutch.ts";
import { api } from "../../lib/api.ts";
import { useEntity } from "../../lib/entities.ts";
import { dayTime, duration } from "../../lib/format.ts";

const VERDICT_TONES: Readonly<Record<string, "good" | "warn" | "bad">> = {
  ack: "good",
  nak: "warn",
  error: "bad",
};

/** What calls asked a webhook, newest first; each leads to its call. */
export function Component() {
  const { t } = useTranslation("webhooks");
  const { t: shell } = useTranslation();
  const dutch = useDutch();
  const { id = "" } = useParams();
  const webhook = useEntity("webhook", id).data;
  const list = useInfiniteQuery({
    queryKey: ["webhook", "requests", id],
    queryFn: ({ pageParam, signal }) =>
      api<typeof overviewRoutes.requests>("webhooks.requests", {
        params: { id },
        query: { cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const items = (list.data?.pages ?? []).flatMap((page) => page.items);
  const name = webhook?.document.name ?? "";
  return (
    <Page
      head={
        <PageHead
          title={t("requests.title", { name })}
          crumb={{ to: `/webhooks/${encodeURIComponent(id)}`, label: name }}
        />
      }
    >
      {list.error === null ? undefined : (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data !== undefined && items.length === 0 ? <Empty sentence={t("requests.none")} /> : undefined}
      <Rows label={t("requests.title", { name })}>
        {items.map(({ call, nth, at, verdict, status, elapsedMs, ...reply }) => (
          <Row
            key={`${call} ${nth}`}
            to={`/calls/${encodeURIComponent(call)}`}
            tile={<Tile icon={IconWebhook} tone="webhook" />}
            title={<bdi>{dutch?.reasonOf({ ...reply, verdict }) ?? reply.reason}</bdi>}
            detail={`${dayTime(at)} · ${status ?? t("requests.noReply")} · ${duration(elapsedMs)}`}
            state={
              <StatusBadge tone={VERDICT_TONES[verdict] ?? "neutral"} icon={null}>
                {verdict.toUpperCase()}
              </StatusBadge>
            }
          />
        ))}
      </Rows>
      {list.hasNextPage ? (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {shell("do.showMore")}
        </Button>
      ) : undefined}
    </Page>
  );
}
