import { Button } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { historyRoutes } from "../../../../src/api/contract/history.ts";
import type { AnswerOf } from "../../../../src/api/contract/route.ts";
import { ErrorState } from "../../components/states.tsx";
import { useToast } from "../../components/toast.tsx";
import { api } from "../../lib/api.ts";
import { PAGES } from "../../lib/entities.ts";
import { dayTime } from "../../lib/format.ts";
import { useMayChange } from "../../lib/session.ts";
import { useWhyNot } from "../../lib/use-why-not.ts";
import style from "./settings.module.css";

type Trashed = AnswerOf<typeof historyRoutes.trash>["items"][number];

const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;

/** What was removed in the last 30 days, and the way back. */
export function Trash() {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation();
  const whyNot = useWhyNot();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const may = useMayChange();
  const list = useInfiniteQuery({
    queryKey: ["trash"],
    queryFn: ({ pageParam, signal }) =>
      api<typeof historyRoutes.trash>("trash.list", { query: { cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const restoring = useMutation({
    mutationFn: ({ id }: Trashed) => api<typeof historyRoutes.restore>("trash.restore", { params: { id } }),
    onSuccess: async (_, { kind, id, key }) => {
      toast({ text: shell("state.restored", { name: key }) });
      await Promise.all([
        client.invalidateQueries({ queryKey: ["trash"] }),
        client.invalidateQueries({ queryKey: [kind] }),
      ]);
      void navigate(`${PAGES[kind]}/${encodeURIComponent(id)}`);
    },
    onError: (error) => toast({ text: whyNot(error), tone: "bad" }),
  });
  if (list.error !== null) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const items = (list.data?.pages ?? []).flatMap((page) => page.items);
  const daysLeft = (droppedAt: number): number =>
    Math.max(0, Math.ceil(KEPT_DAYS - (list.dataUpdatedAt - droppedAt) / DAY_MS));
  return (
    <>
      <p className={style["hint"]}>{t("trash.what", { days: KEPT_DAYS })}</p>
      {list.data !== undefined && items.length === 0 ? (
        <p className={style["hint"]}>{t("trash.empty")}</p>
      ) : undefined}
      <ul>
        {items.map((one) => (
          <li key={`${one.kind} ${one.id}`} className={style["row"]}>
            <span>
              <bdi>{one.key}</bdi>
              <small>
                {shell(`palette.kind.${one.kind}`)} · {one.droppedBy} · {dayTime(one.droppedAt)} ·{" "}
                {t("trash.left", { count: daysLeft(one.droppedAt) })}
              </small>
            </span>
            {may ? (
              <Button
                variant="default"
                aria-label={`${t("trash.restore")}: ${one.key}`}
                loading={restoring.isPending && restoring.variables.id === one.id}
                onClick={() => restoring.mutate(one)}
              >
                {t("trash.restore")}
              </Button>
            ) : undefined}
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {shell("do.showMore")}
        </Button>
      ) : undefined}
    </>
  );
}
